//! What an image of the differential test is made of.

/// One image, or several that belong together.
#[derive(Debug, Clone)]
pub(crate) struct Case {
    pub(crate) name: String,
    pub(crate) disks: Vec<DiskSpec>,
    /// How the physical volumes on the disks become a volume group.
    pub(crate) lvm: Option<Layout>,
    /// How many of the last disks are taken away before anyone looks.
    pub(crate) withheld: usize,
    /// What is done to the images at last.
    pub(crate) harm: &'static [Harm],
}

/// A disk before it is made.
#[derive(Debug, Clone)]
pub(crate) struct DiskSpec {
    pub(crate) bytes: u64,
    pub(crate) sector_bytes: u32,
    pub(crate) layout: Layer,
}

/// What is on a whole disk.
#[derive(Debug, Clone)]
pub(crate) enum Layer {
    Whole(Filling),
    Gpt(Maker, Vec<Part>),
    Mbr(Vec<Part>),
}

/// Which tool writes a GPT.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Maker {
    Sfdisk,
    Sgdisk,
    Parted,
}

/// A partition before it is made.
#[derive(Debug, Clone)]
pub(crate) struct Part {
    pub(crate) number: u32,
    /// Offset in bytes; `None` leaves it to the tool.
    pub(crate) start: Option<u64>,
    /// Length in bytes; `None` means up to the end.
    pub(crate) bytes: Option<u64>,
    /// GPT type GUID, or MBR type in hexadecimal.
    pub(crate) kind: &'static str,
    pub(crate) name: Option<String>,
    /// GPT attribute bits.
    pub(crate) attributes: &'static [u8],
    pub(crate) bootable: bool,
    pub(crate) filling: Filling,
}

impl Part {
    pub(crate) fn new(number: u32, kind: &'static str) -> Self {
        let filling = Filling::Nothing;
        Self { number, start: None, bytes: None, kind, name: None, attributes: &[], bootable: false, filling }
    }

    pub(crate) fn mib(mut self, mib: u64) -> Self {
        self.bytes = Some(mib << 20);
        self
    }

    pub(crate) fn at_mib(mut self, mib: u64) -> Self {
        self.start = Some(mib << 20);
        self
    }

    pub(crate) fn name(mut self, name: &str) -> Self {
        self.name = Some(name.to_owned());
        self
    }

    pub(crate) fn attributes(mut self, bits: &'static [u8]) -> Self {
        self.attributes = bits;
        self
    }

    pub(crate) fn bootable(mut self) -> Self {
        self.bootable = true;
        self
    }

    pub(crate) fn holds(mut self, filling: Filling) -> Self {
        self.filling = filling;
        self
    }
}

/// What is put into a partition, a whole disk or a logical volume.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Filling {
    Nothing,
    /// A command line that makes it; `{}` is the device.
    Made(&'static str),
    /// A physical volume, with these arguments of pvcreate.
    Pv(&'static str),
}

/// A volume group before it is made.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Layout {
    /// Its name.
    pub(crate) vg: &'static str,
    /// Arguments of vgcreate.
    pub(crate) options: &'static str,
    /// LVM commands, a line each; `VG` is the group's name, and `PV1`, `PV2` its physical volumes. The line `wrap LV`
    /// makes changes to a logical volume until the metadata text wraps round the end of its ring.
    pub(crate) then: &'static [&'static str],
    /// What is put into linear logical volumes of one segment, by name.
    pub(crate) contents: &'static [(&'static str, &'static str)],
}

/// A damage done to an image, in bytes from the start or, where negative, from the end.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Harm {
    /// Every bit of these bytes is inverted.
    Invert { at: i64, len: usize },
    /// These bytes are written.
    Write { at: i64, bytes: &'static [u8] },
    /// The image grows by this many bytes.
    Grow(u64),
}
