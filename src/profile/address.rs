//! A port of a host, as people write it: `okv1.example:443`, `192.0.2.1:443` or `[2001:db8::1]:443`.

use std::fmt;
use std::str::FromStr;

use serde::Deserialize;

/// Host and port of a service over TCP.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub struct Address {
    /// Name or address, without brackets.
    pub host: String,
    /// Port, never 0.
    pub port: u16,
}

impl FromStr for Address {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let parts = text.rsplit_once(':').and_then(|(host, port)| Some((host, port.parse().ok()?)));
        let Some((host, port @ 1..)) = parts else {
            return Err(format!("{text:?} has no port: HOST:PORT is needed"));
        };
        let in_brackets = host.strip_prefix('[').and_then(|host| host.strip_suffix(']'));
        let bare = in_brackets.unwrap_or(host);
        // It becomes an argument of getent(1), where a dash would begin an option.
        let odd = |c: char| !c.is_ascii_alphanumeric() && !"-_.:".contains(c);
        if bare.is_empty() || bare.starts_with('-') || bare.contains(odd) || bare.contains(':') != in_brackets.is_some()
        {
            return Err(format!(
                "{text:?} names no host: a name, an IPv4 address, or an IPv6 address in brackets is needed"
            ));
        }
        Ok(Self { host: bare.to_owned(), port })
    }
}

impl TryFrom<String> for Address {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        text.parse()
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.host.contains(':') {
            write!(f, "[{}]:{}", self.host, self.port)
        } else {
            write!(f, "{}:{}", self.host, self.port)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_both_kinds_of_addresses_print_as_they_are_read() {
        for text in ["okv1.example:443", "192.0.2.1:1", "[2001:db8::1]:65535", "[fe80::1]:5696"] {
            assert_eq!(text.parse::<Address>().unwrap().to_string(), text);
        }
        assert_eq!("[::1]:443".parse(), Ok(Address { host: "::1".into(), port: 443 }));
    }

    #[test]
    fn what_is_no_host_with_a_port_is_refused() {
        for text in [
            "",
            ":443",
            "h",
            "h:",
            "h:0",
            "h:65536",
            "::1:443",
            "[h]:443",
            "[]:1",
            "-rf:1",
            "a b:1",
            "h:443:1",
            "h:-1",
            "\0:1",
            "[::1:2",
            "[fe80::1%eth0]:1",
        ] {
            assert!(text.parse::<Address>().is_err(), "{text:?}");
        }
    }
}
