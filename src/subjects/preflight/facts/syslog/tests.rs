use std::fs;
use std::net::TcpListener;

use super::*;
use crate::io::tool::{Script, Scripted};

/// A host whose /etc has these files.
fn host(files: &[(&str, &str)]) -> (tempfile::TempDir, Root) {
    let dir = tempfile::tempdir().unwrap();
    for (name, text) in files {
        let path = dir.path().join("etc").join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    let root = Root::fixture(dir.path()).unwrap();
    (dir, root)
}

fn read(files: &[(&str, &str)]) -> Syslog {
    let (_dir, root) = host(files);
    match gather(&root, "/etc/rsyslog.conf") {
        Probed::Known(syslog) => syslog,
        other => panic!("{other:?}"),
    }
}

/// The targets of a configuration of one file, as `PROTOCOL host port line`.
fn targets(text: &str) -> Vec<String> {
    let shown = |t: &Target| {
        let line = t.place.rsplit(' ').next().unwrap();
        format!("{} {} {} {line}", t.protocol.word(), t.host, t.port)
    };
    read(&[("rsyslog.conf", text)]).targets.iter().map(shown).collect()
}

#[test]
fn actions_of_the_old_syntax_are_found() {
    let text = "# *.* @@commented\n$ModLoad imtcp\n*.* @@logs.example:10514\n*.info;mail.none\t@192.0.2.7 # why\n\
        & @@(o,z9)[2001:db8::1]:6514;RSYSLOG_ForwardFormat\nif $msg contains 'x @y' then @@b\nif $a then { @@c:1 }\n\
        *.* :omrelp:relp.example:2514\n:msg, contains, \"a @@quoted b\" ~\n*.* /var/log/messages\n\
        *.* @@logs.example:10514\n";
    assert_eq!(
        targets(text),
        [
            "TCP logs.example 10514 3",
            "UDP 192.0.2.7 514 4",
            "TCP 2001:db8::1 6514 5",
            "TCP b 514 6",
            "TCP c 1 7",
            "RELP relp.example 2514 8",
        ]
    );
}

#[test]
fn actions_of_the_new_syntax_are_found_over_many_lines() {
    let text = "module(load=\"imuxsock\") /* action(type=\"omfwd\"\ntarget=\"no\") */\n\
        *.* action(type=\"omfwd\"\n  Target=\"new.example\" # (\n  Port=\"6514\"\n\
        Protocol=\"TCP\" StreamDriver=\"gtls\")\naction(type=\"omfwd\" target=[\"p\", 'q'])\n\
        action(type=\"omfile\" file=\"/x)\")\n\
        if prifilt(\"*.*\") then { action(name=\"a=b\" type=\"omrelp\" target=\"r\" port=\"20514\") } *.* @@old\n";
    assert_eq!(
        targets(text),
        ["TCP new.example 6514 3", "UDP p 514 7", "UDP q 514 7", "RELP r 20514 9", "TCP old 514 9"]
    );
}

#[test]
fn included_files_are_read_by_pattern_and_by_folder() {
    let syslog = read(&[
        (
            "rsyslog.conf",
            "include(file=\"/etc/rsyslog.d/*.conf\" mode=\"optional\")\n\
             $IncludeConfig /etc/more\n$IncludeConfig /etc/none\n",
        ),
        ("rsyslog.d/10-a.conf", "*.* @@a\n$includeconfig /etc/deeper.conf"),
        ("rsyslog.d/20.conf.off", "*.* @@off\n"),
        ("deeper.conf", "*.* @@deeper\n"),
        ("more/x", "*.* @@x\n"),
    ]);
    let hosts: Vec<_> = syslog.targets.iter().map(|t| (t.host.as_str(), t.place.as_str())).collect();
    assert_eq!(
        hosts,
        [("a", "/etc/rsyslog.d/10-a.conf line 1"), ("deeper", "/etc/deeper.conf line 1"), ("x", "/etc/more/x line 1")]
    );
}

#[test]
fn a_file_that_includes_itself_ends_as_unreadable() {
    let (_dir, root) = host(&[("rsyslog.conf", "$IncludeConfig /etc/rsyslog.conf\n")]);
    assert!(matches!(gather(&root, "/etc/rsyslog.conf"), Probed::Unreadable(_)));
    assert_eq!(gather(&root, "/etc/none.conf"), Probed::Absent);
}

#[test]
fn a_target_that_is_not_spelled_out_is_reported_and_not_lost() {
    let syslog = read(&[(
        "rsyslog.conf",
        "action(type=\"omfwd\" target=`echo $LOGHOST` protocol=\"tcp\")\n*.* @@-rf:514\n*.* @@h:port\n\
         action(type=\"omfwd\" target=\"h\" protocol=\"quic\")\n",
    )]);
    assert_eq!((syslog.targets.len(), syslog.unclear.len()), (0, 4), "{syslog:?}");
}

#[test]
fn no_text_makes_it_panic_or_run_on() {
    let text = "action(type=\"omfwd\" target=[\"a\",\"b\"] port='1')\\\n*.* @@(o)[::1]:5;x /* c */ # d\n\u{e4}";
    for (at, _) in text.char_indices() {
        targets(&text[..at]);
        for c in ["\"", "(", ")", "\n", "@", "/*", "\\", "=", "[", "\u{e4}"] {
            targets(&format!("{}{c}{}", &text[..at], &text[at..]));
        }
    }
    targets(&"action(".repeat(20_000));
    targets(&"a=".repeat(50_000));
}

#[test]
fn a_port_that_listens_is_reached_and_one_that_does_not_is_reported_with_the_cause() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let gone = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let mut syslog = read(&[(
        "rsyslog.conf",
        &format!("*.* @@127.0.0.1:{port}\n*.* @@127.0.0.1:{gone}\n*.* @127.0.0.1\n*.* @@name:{port}\n"),
    )]);
    let found = "127.0.0.1 STREAM name\n127.0.0.1 DGRAM\n";
    let script = Script::new([Scripted::prints("/usr/bin/getent ahosts name", found)]);
    reach(&mut syslog, &script);
    let reached: Vec<_> = syslog.targets.iter().map(|t| &t.reached).collect();
    assert_eq!(reached[0], &Probed::Known(format!("127.0.0.1:{port}")));
    assert!(matches!(reached[1], Probed::Unreadable(why) if why.contains("refused")), "{reached:?}");
    assert_eq!(reached[2], &Probed::Absent, "nothing proves that UDP arrives");
    assert_eq!(reached[3], &Probed::Known(format!("127.0.0.1:{port}")));
}

#[test]
fn what_config_enabled_takes_out_sends_nothing() {
    let text = "action(type=\"omfwd\" target=\"old\" config.enabled=\"off\")\n\
        action(type=\"omfwd\" target=\"new\" config.enabled=\"on\")\n\
        ruleset(name=\"r\" config.enabled=\"off\") {\n  action(type=\"omfwd\" target=\"gone\")\n}\n\
        input(type=\"imtcp\" port=\"1\" ruleset=\"r\")\n*.* @@last\n";
    assert_eq!(targets(text), ["UDP new 514 2", "TCP last 514 7"]);
}

#[test]
fn a_ruleset_that_no_input_reaches_sends_nothing() {
    let text = "ruleset(name=\"bound\") { action(type=\"omfwd\" target=\"a\")\n  call called }\n\
        ruleset(name=\"called\") {\n if $msg contains \"}\" then { *.* @@b } \n}\n\
        ruleset(name=\"idle\") {\n action(type=\"omfwd\" target=\"c\")\n}\n\
        $RuleSet old\n*.* @@d\n$RuleSet RSYSLOG_DefaultRuleset\n*.* @@e\n\
        input(type=\"imudp\" ruleset=\"bound\")\n";
    assert_eq!(targets(text), ["UDP a 514 1", "TCP b 514 4", "TCP e 514 12"]);
    let bound = format!("{text}$InputTCPServerBindRuleset old\ncall_indirect $.x\n");
    assert_eq!(targets(&bound).len(), 5, "a name that is computed can be any");
}
