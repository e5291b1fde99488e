use super::*;

#[test]
fn undo_brings_both_names_back_and_a_second_undo_finds_nothing() {
    let bench = bench();
    bench.run(&twice(), &Interrupts::default());
    assert_eq!(bench.undo(), Ok(()));
    assert_eq!(bench.names(), OLD);
    assert!(bench.last().standing.is_empty());
    assert_eq!(bench.last().state, RunState::Ended(Ending::Undone));
}

#[test]
fn a_run_cut_off_at_any_record_can_be_taken_back() {
    let whole = bench();
    whole.run(&twice(), &Interrupts::default());
    let lines = fs::read_to_string(journal_path(whole.base.path())).unwrap().lines().count();
    for kept in 1..=lines {
        let bench = bench();
        bench.run(&twice(), &Interrupts::default());
        let path = journal_path(bench.base.path());
        let text = fs::read_to_string(&path).unwrap();
        let kept_text: String = text.split_inclusive('\n').take(kept).collect();
        fs::write(&path, kept_text).unwrap();
        // What was not begun was not done.
        let standing = bench.last().standing;
        for (index, step) in bench.plan.steps.iter().enumerate() {
            if let Action::Rename { from, to, .. } = &step.action
                && !standing.iter().any(|s| s.step == index)
            {
                let real = |p: &str| bench.base.path().join(p.trim_start_matches('/'));
                fs::rename(real(to), real(from)).unwrap();
            }
        }
        assert_eq!(bench.undo(), Ok(()), "{kept} records kept");
        assert_eq!(bench.names(), OLD, "{kept} records kept");
    }
}

#[test]
fn undo_that_would_leave_a_half_is_refused_before_anything_is_changed() {
    let bench = bench();
    bench.run(&twice(), &Interrupts::default());
    fs::write(bench.base.path().join("etc/ssh/key"), "made anew").unwrap();
    let before = bench.names();
    assert!(bench.undo().unwrap_err().contains("/etc/ssh/key"), "the reason names the file");
    assert_eq!(bench.names(), before);
    assert_eq!(bench.last().state, RunState::Ended(Ending::Done));
}

/// Same inode, size and mode: only the content shows it.
#[test]
fn undo_refuses_a_file_that_was_written_over_in_place() {
    let bench = bench();
    bench.run(&twice(), &Interrupts::default());
    let retired = bench.base.path().join("etc/ssh/key.retire");
    let mut content = fs::read(&retired).unwrap();
    content[0] ^= 1;
    fs::write(&retired, content).unwrap();
    let why = bench.undo().unwrap_err();
    assert!(why.contains("the content of /etc/ssh/key.retire changed"), "{why}");
}

#[test]
fn an_undo_whose_last_look_fails_reports_that_everything_is_taken_back() {
    let bench = bench();
    bench.run(&twice(), &Interrupts::default());
    let script = Script::new([Scripted::fails(TEST, 255, "line 7: bad option")]);
    let host = bench.host(&script);
    let mut journal = host.journal().unwrap();
    let run = last_run(journal.records()).unwrap();
    let why = take_back(&run, &host, &mut journal).unwrap_err();
    assert!(why.contains("everything is taken back") && why.contains("line 7"), "{why}");
    assert_eq!(bench.names(), OLD);
}

#[test]
fn undo_does_not_save_again_what_a_step_saved() {
    let mut bench = bench();
    let saved = bench.base.path().join("etc/ssh/saved");
    fs::write(&saved, "the metadata before").unwrap();
    let save = ProgramRun {
        proof: Some(Proof::File { path: "/etc/ssh/saved".into() }),
        ..ProgramRun::looks(Program::Vgcfgbackup, ["--file", "/etc/ssh/saved", "vg_root"])
    };
    bench.plan.steps.insert(0, Step::new("save", Action::Run(save)));
    let host = bench.host(&Yes);
    let mut journal = host.journal().unwrap();
    assert_eq!(carry_out(&bench.plan, &host, &mut journal, &Interrupts::default(), &mut |_| {}).unwrap(), Ending::Done);
    // The script has no vgcfgbackup: running it would fail.
    let script = Script::new([Scripted::prints(TEST, "")]);
    let run = last_run(journal.records()).unwrap();
    assert_eq!(take_back(&run, &bench.host(&script), &mut journal), Ok(()));
    assert_eq!(fs::read_to_string(saved).unwrap(), "the metadata before");
}
