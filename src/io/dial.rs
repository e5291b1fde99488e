//! A TCP connection to a host that is named or has an address, within a limit.
//!
//! Names are looked up by getent(1): this program is linked statically, and the resolver of a static glibc would load
//! libraries of the host that it was not built with.

use crate::base::cause::cause;
use std::net::{IpAddr, SocketAddr, TcpStream};
use std::time::{Duration, Instant};

use super::tool::{Cmd, Runner, success};

/// The longest that a look-up, and then a connect, may take.
const LIMIT: Duration = Duration::from_secs(3);
/// Most addresses of a name that are tried.
const MOST_ADDRESSES: usize = 4;
/// Long enough for a look-up and a connect to each address.
pub const ALL_ADDRESSES: Duration = LIMIT.saturating_mul(5);

/// Connects to the first address of `host` that takes it, until `end`.
///
/// # Errors
/// Why none did.
pub fn dial(host: &str, port: u16, end: Instant, runner: &dyn Runner) -> Result<(TcpStream, SocketAddr), String> {
    let mut why = format!("{host}: it has no address");
    for address in addresses(host, runner)?.into_iter().take(MOST_ADDRESSES) {
        let address = SocketAddr::new(address, port);
        let left = end.saturating_duration_since(Instant::now()).min(LIMIT);
        if left.is_zero() {
            break;
        }
        match TcpStream::connect_timeout(&address, left) {
            Ok(stream) => return Ok((stream, address)),
            Err(e) => why = format!("{address}: {}", cause(&e)),
        }
    }
    Err(why)
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
