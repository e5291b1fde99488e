//! The session, the ISO and its mount.

use super::*;

#[test]
fn a_session_outlives_its_connection_or_is_to_be_begun_anew() {
    let found = states(
        "session",
        &[
            &|facts| subjects(facts).preflight.session = Probed::Known(Session::Multiplexer("tmux".into())),
            &|facts| subjects(facts).preflight.session = Probed::Known(Session::Console),
            &|facts| subjects(facts).preflight.session = Probed::Known(Session::Ssh),
            &|facts| subjects(facts).preflight.session = Probed::Known(Session::Other(vec!["cron".into()])),
            &|facts| subjects(facts).preflight.session = Probed::Absent,
            &|facts| subjects(facts).preflight.session = Probed::Unreadable("no access".into()),
        ],
    );
    let states = [State::Done, State::Done, State::Ready, State::Ready, State::NotNeeded, State::Unknown];
    assert_eq!(found, states, "a saved host has no session");
    let ssh = |session: Session| {
        state(&with(HOST, |facts| subjects(facts).preflight.session = Probed::Known(session)), "open-ssh")
    };
    assert_eq!((ssh(Session::Ssh), ssh(Session::Console)), (State::Done, State::Confirm));
}

#[test]
fn the_iso_is_there_missing_cut_off_or_not_to_be_seen() {
    let change = |by: &dyn Fn(&mut Isos)| {
        with(HOST, |facts| {
            let Probed::Known(isos) = &mut subjects(facts).media.isos else { panic!() };
            by(isos);
        })
    };
    assert_eq!(state(&change(&|_| {}), "stage-iso"), State::Done);
    assert_eq!(state(&change(&|isos| isos.here[0].bytes -= 1), "stage-iso"), State::Blocked);
    assert_eq!(state(&change(&|isos| isos.not_looked_at.push("x".into())), "stage-iso"), State::Unknown);
    assert_eq!(state(&change(&|isos| isos.misplaced.push("/root/x.iso".into())), "stage-iso"), State::Done);
    let missing = with(HOST, |facts| {
        let Probed::Known(isos) = &mut subjects(facts).media.isos else { panic!() };
        isos.here.clear();
        facts.node.setup.as_mut().unwrap().mounts = Probed::Known(vec![]);
    });
    assert_eq!((state(&missing, "stage-iso"), state(&missing, "clean-cache")), (State::Ready, State::Blocked));
    assert_eq!(of(&missing, "stage-iso").command.as_deref(), Some("okv-host stage ISO --sha256 HEX"));
    let hidden = with(HOST, |facts| subjects(facts).media.isos = Probed::Unreadable("no access".into()));
    assert_eq!(state(&hidden, "stage-iso"), State::Unknown);
}

#[test]
fn the_mount_and_the_cache_go_together() {
    let both = |change: &dyn Fn(&mut Facts)| {
        let steps = with(HOST, |facts| change(facts));
        (state(&steps, "mount-iso"), state(&steps, "clean-cache"))
    };
    let mounts = |facts: &mut Facts, mounts| facts.node.setup.as_mut().unwrap().mounts = mounts;
    assert_eq!(both(&|_| {}), (State::Done, State::Done));
    assert_eq!(both(&|facts| mounts(facts, Probed::Known(vec![]))), (State::Ready, State::Ready));
    assert_eq!(both(&|facts| mounts(facts, Probed::Unreadable("x".into()))), (State::Unknown, State::Unknown));
    let (mount, cache) = both(&|facts| facts.node.running.as_mut().unwrap().loops = Probed::Known(vec![]));
    assert_eq!((mount, cache), (State::Blocked, State::Blocked), "a DVD");
}
