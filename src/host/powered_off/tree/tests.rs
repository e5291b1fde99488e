use std::collections::BTreeMap;

use super::super::file_system::Journal;
use super::*;
use crate::disk::filesystem::{Content as Bytes, FILE, FOLDER, LINK};
use crate::host::{Probed, Root};
use crate::io::image::Memory;

/// Names of folders, and the text of files; the place of a node in the list is its inode.
enum Node {
    Folder(BTreeMap<&'static str, u64>),
    File(&'static str),
    Link(&'static str),
}

struct Fake(Vec<Node>);

impl Fake {
    fn node(&self, number: u64) -> io::Result<&Node> {
        self.0.get(number as usize).ok_or_else(|| io::Error::other(format!("inode {number}: damaged")))
    }
}

impl FileSystem for Fake {
    fn top(&self) -> u64 {
        0
    }

    fn inode(&self, number: u64) -> io::Result<Inode> {
        let (mode, bytes) = match self.node(number)? {
            Node::Folder(_) => (FOLDER | 0o755, 0),
            Node::File(text) => (FILE | 0o644, text.len()),
            Node::Link(target) => (LINK | 0o777, target.len()),
        };
        Ok(Inode { number, mode, uid: 0, gid: 0, bytes: bytes as u64, blocks: 0, immutable: false })
    }

    fn find(&self, folder: u64, name: &[u8]) -> io::Result<Option<u64>> {
        let Node::Folder(names) = self.node(folder)? else { return Err(io::Error::other("no folder")) };
        Ok(names.iter().find(|(other, _)| other.as_bytes() == name).map(|(_, inode)| *inode))
    }

    fn names(&self, folder: u64, _: usize) -> io::Result<Vec<Entry>> {
        let Node::Folder(names) = self.node(folder)? else { return Err(io::Error::other("no folder")) };
        let entry =
            |(name, inode): (&&str, &u64)| Entry { name: name.as_bytes().to_vec(), inode: *inode, is_folder: None };
        Ok(names.iter().map(entry).collect())
    }

    fn content(&self, number: u64) -> io::Result<Bytes> {
        match self.node(number)? {
            Node::File(text) | Node::Link(text) => Ok(Bytes::Inline(text.as_bytes().to_vec())),
            Node::Folder(_) => Err(io::Error::other("it is a folder")),
        }
    }
}

fn branch(point: &str, nodes: Vec<Node>) -> Branch {
    let image: Arc<dyn Image> = Arc::new(Memory::new(vec![0; 512]));
    let mounted = Mounted { files: Arc::new(Fake(nodes)), image, journal: Journal::Clean };
    Branch { point: point.into(), content: super::Content::Opened(Arc::new(mounted)) }
}

fn folder<const N: usize>(names: [(&'static str, u64); N]) -> Node {
    Node::Folder(names.into())
}

/// A root with /boot in it, over which another file system is mounted, and /gone, which could not be opened.
fn root() -> Root {
    let top = folder([("boot", 1), ("file", 2), ("masked", 3), ("proc", 5), ("run", 5), ("dev", 5), ("lost", 9)]);
    let own = vec![
        top,
        folder([("shadowed", 2)]),
        Node::File("own"),
        Node::Link("/dev/null"),
        Node::Link("/x"),
        folder([("stale", 2)]),
    ];
    let boot = vec![folder([("kernel", 1), ("up", 2)]), Node::File("kernel"), Node::Link("../file")];
    let gone = Branch { point: "gone".into(), content: super::Content::Closed("/gone was not opened: why".into()) };
    Root::of_disks(Arc::new(Tree::new(vec![branch("", own), branch("boot", boot), gone])))
}

#[test]
fn a_path_is_that_of_the_deepest_mount_and_links_lead_from_one_to_another() {
    let root = root();
    assert_eq!(root.read("/file"), Probed::Known(b"own".to_vec()));
    assert_eq!(root.read("/boot/kernel"), Probed::Known(b"kernel".to_vec()));
    assert_eq!(root.read("/boot/up"), Probed::Known(b"own".to_vec()));
    assert_eq!(root.read("/boot/shadowed"), Probed::Absent, "the file below the mount point");
    assert_eq!(root.read("/none"), Probed::Absent);
    assert!(matches!(root.read("/file/below"), Probed::Unreadable(_) | Probed::Absent));
}

#[test]
fn what_could_not_be_opened_or_read_is_never_absent() {
    let root = root();
    for path in ["/gone", "/gone/file", "/gone/deep/file", "/lost"] {
        assert!(matches!(root.read(path), Probed::Unreadable(_)), "{path}: {:?}", root.read(path));
    }
    let said = Probed::Unreadable("/gone: /gone was not opened: why".into());
    assert_eq!(root.at("/gone/file").map_err(Probed::<()>::Unreadable).err(), Some(said));
}

#[test]
fn places_of_the_kernel_answer_that_the_node_is_powered_off_and_run_is_empty() {
    let root = root();
    for path in ["/proc/mounts", "/sys/class/block", "/dev/sda"] {
        assert!(matches!(root.read(path), Probed::Unreadable(why) if why.contains(POWERED_OFF)), "{path}");
    }
    assert!(matches!(root.at("/proc").unwrap().list(), Probed::Unreadable(_)));
    assert_eq!(root.at("/run").unwrap().list(), Probed::Known(vec![]));
    assert_eq!(root.read("/run/stale"), Probed::Absent);
    assert_eq!(root.at("/masked").unwrap().host_path(), "/dev/null");
}
