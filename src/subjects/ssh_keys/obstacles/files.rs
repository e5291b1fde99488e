//! Of the key files themselves.

use super::{Obstacle, halves};
use crate::subjects::ssh_keys::facts::{Algorithm, Content, DsaKey, Earlier, Half, KeyFile, Ssh, display_path};

pub(super) fn obstacles(ssh: &Ssh, keys: &[DsaKey<'_>]) -> Vec<Obstacle> {
    let mut obstacles: Vec<Obstacle> = ssh.keys.iter().filter_map(misnamed).collect();
    for file in halves(keys) {
        obstacles.extend(link(file));
        obstacles.extend(no_text(file));
        obstacles.extend(earlier(file));
    }
    obstacles
}

/// A file with a host key's name that holds something else, where one of the two is a DSA key.
pub(super) fn misnamed(file: &KeyFile) -> Option<Obstacle> {
    let promised = file.promised()?;
    let key = match &file.content {
        Content::Key(key) => key,
        Content::Unknown(why) => {
            return (promised == Algorithm::Dsa).then(|| {
                let message = format!(
                    "{} has the name of a DSA key, and its content could not be determined: {why}",
                    file.display_path()
                );
                Obstacle::new(
                    "dsa-key-unknown",
                    message,
                    "look at the file, and move it out of /etc/ssh by hand if it is of no use",
                )
            });
        }
    };
    let public = file.path.extension().is_some_and(|end| end == "pub");
    let (holds, says) = if key.algorithm != promised {
        (format!("a key of type {}", key.algorithm), format!("a key of type {promised}"))
    } else if public != (key.half == Half::Public) {
        let half = |public: bool| if public { "a public key" } else { "a private key" };
        (half(!public).to_owned(), half(public).to_owned())
    } else {
        return None;
    };
    (promised == Algorithm::Dsa || key.algorithm == Algorithm::Dsa).then(|| {
        let message = format!("{} holds {holds}; by its name it is {says}", file.display_path());
        Obstacle::new(
            "not-what-its-name-says",
            message,
            "give the file a name that fits, with its other half, and run again",
        )
    })
}

fn link(file: &KeyFile) -> Option<Obstacle> {
    let target = file.link.as_ref()?;
    let message = format!("{} is a symbolic link to {}", file.display_path(), display_path(target));
    Some(Obstacle::new("key-is-a-link", message, "retire what it leads to, and remove the link, by hand"))
}

fn no_text(file: &KeyFile) -> Option<Obstacle> {
    if file.path.to_str().is_some() {
        return None;
    }
    let message = format!("{} holds a DSA key, and its name is no text (UTF-8)", file.display_path());
    Some(Obstacle::new("name-is-no-text", message, "give the file another name by hand, and run again"))
}

fn earlier(file: &KeyFile) -> Option<Obstacle> {
    let (what, remedy) = match file.earlier {
        Earlier::None => return None,
        Earlier::TooLong => {
            let message =
                format!("{} cannot become NAME.retire: the name would be longer than 255 bytes", file.display_path());
            return Some(Obstacle::new(
                "name-too-long",
                message,
                "give the file a shorter name by hand, and run again",
            ));
        }
        Earlier::Same => (
            "exists with the same content: the key was put back, or its retirement was done by copying".to_owned(),
            "compare the two, move one of them out of /etc/ssh, and run again",
        ),
        Earlier::Key => (
            "exists and holds another key: that one was retired before, and this one was made since".to_owned(),
            "move the older .retire out of /etc/ssh, and run again",
        ),
        Earlier::NoKey(what) => {
            (format!("is taken: it is {what}, no retired key"), "look at it, move it out of /etc/ssh, and run again")
        }
    };
    let message = format!("{0} is to become {0}.retire, which {what}", file.display_path());
    Some(Obstacle::new("retire-exists", message, remedy))
}
