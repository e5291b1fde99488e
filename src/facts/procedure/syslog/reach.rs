//! Whether targets can be reached: a TCP connect, all of them at once.
//!
//! Names are looked up by getent(1): this program is linked statically, and the resolver of a static glibc would load libraries of the
//! host that it was not built with.

use std::net::{IpAddr, SocketAddr, TcpStream};
use std::thread::{Builder, scope};
use std::time::Duration;

use super::{Probed, Protocol, Syslog, Target};
use crate::tool::{Cmd, Runner, success};

/// The longest that a look-up, and then a connect, may take.
pub const LIMIT: Duration = Duration::from_secs(3);
/// Most targets that are tried at once.
const AT_ONCE: usize = 32;
/// Most addresses of a name that are tried.
const MOST_ADDRESSES: usize = 4;

/// Tries every target that answers: TCP and RELP. What was found is kept in the targets: the address that took the connection, or why
/// none did.
pub fn reach(syslog: &mut Syslog, runner: &(dyn Runner + Sync)) {
    for group in syslog.targets.chunks_mut(AT_ONCE) {
        scope(|scope| {
            for target in group.iter_mut().filter(|target| target.protocol != Protocol::Udp) {
                // A thread that the kernel refuses leaves its target untried, which is no answer.
                let _ = Builder::new().spawn_scoped(scope, || target.reached = try_one(target, runner));
            }
        });
    }
}

fn try_one(target: &Target, runner: &dyn Runner) -> Probed<String> {
    let addresses = match addresses(&target.host, runner) {
        Ok(addresses) => addresses,
        Err(why) => return Probed::Unreadable(why),
    };
    let mut why = format!("{}: it has no address", target.host);
    for address in addresses.into_iter().take(MOST_ADDRESSES) {
        let address = SocketAddr::new(address, target.port);
        match TcpStream::connect_timeout(&address, LIMIT) {
            Ok(_) => return Probed::Known(address.to_string()),
            Err(e) => why = format!("{address}: {e}"),
        }
    }
    Probed::Unreadable(why)
}

fn addresses(host: &str, runner: &dyn Runner) -> Result<Vec<IpAddr>, String> {
    if let Ok(address) = host.parse() {
        return Ok(vec![address]);
    }
    let output = success(runner, &Cmd::getent_addresses(host, LIMIT)).map_err(|e| e.to_string())?;
    let text = String::from_utf8_lossy(&output.stdout);
    let mut addresses: Vec<IpAddr> = Vec::new();
    for address in text.lines().filter_map(|line| line.split_whitespace().next()?.parse().ok()) {
        if !addresses.contains(&address) {
            addresses.push(address);
        }
    }
    Ok(addresses)
}
