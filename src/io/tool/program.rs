//! The closed list of programs.

/// The programs that may be run. Each is found at the first of its paths that exists.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Program {
    /// The package manager's database, to ask it.
    Rpm,
    /// The OpenSSH daemon, to test its configuration.
    Sshd,
    /// The service manager.
    Systemctl,
    /// Has the service manager run a program that outlives whoever asked for it.
    SystemdRun,
    /// Asks the host's name services.
    Getent,
    /// udev's own tool, to wait for its events.
    Udevadm,
    Pvs,
    Vgs,
    Lvs,
    Lvmconfig,
    Pvcreate,
    /// Unmakes a physical volume of no group.
    Pvremove,
    /// Adds a physical volume to a group.
    Vgextend,
    /// Takes an unused physical volume out of a group.
    Vgreduce,
    /// Writes a group's metadata to a file.
    Vgcfgbackup,
    Lvcreate,
    Lvresize,
    /// Activates a volume, or has the kernel take its device as the metadata has it.
    Lvchange,
    Lvremove,
    Mkswap,
    /// Makes the kernel swap to an area.
    Swapon,
    /// Makes the kernel stop swapping to an area.
    Swapoff,
    /// Mounts what /etc/fstab knows.
    Mount,
    Umount,
    /// The package manager of el8 and later.
    Dnf,
    /// The package manager of el7.
    Yum,
    /// Sets the boot loader's default.
    Grubby,
    /// Edits GRUB's environment block.
    GrubEditenv,
    /// A shell, for the tests of the runner only.
    #[cfg(test)]
    Sh,
    /// A shell that is asked to end and never killed.
    #[cfg(test)]
    ShAsked,
    /// A shell that is left alone.
    #[cfg(test)]
    ShLeftAlone,
}

/// What happens to a program that outlasts its limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AtLimit {
    /// It is asked to end (`SIGTERM`), then killed. It only looks, or the kernel takes back what is half done: a
    /// `swapoff` that a signal ends leaves the area in use.
    Killed,
    /// It is asked to end and waited for. LVM2 blocks signals while it holds a group's lock and heeds them afterwards;
    /// killed between suspend and resume it would leave a device to which every access waits for ever.
    Asked,
    /// It gets no signal and is waited for. What changes packages does not heed `SIGTERM` at safe moments only (rpm of
    /// el7 ends in the middle of a transaction), and its group has scriptlets that write an initramfs.
    LeftAlone,
}

impl Program {
    const ALL: &'static [Self] = &[
        Self::Rpm,
        Self::Sshd,
        Self::Systemctl,
        Self::SystemdRun,
        Self::Getent,
        Self::Udevadm,
        Self::Pvs,
        Self::Vgs,
        Self::Lvs,
        Self::Lvmconfig,
        Self::Pvcreate,
        Self::Pvremove,
        Self::Vgextend,
        Self::Vgreduce,
        Self::Vgcfgbackup,
        Self::Lvcreate,
        Self::Lvresize,
        Self::Lvchange,
        Self::Lvremove,
        Self::Mkswap,
        Self::Swapon,
        Self::Swapoff,
        Self::Mount,
        Self::Umount,
        Self::Dnf,
        Self::Yum,
        Self::Grubby,
        Self::GrubEditenv,
    ];

    /// Where it may lie; the environment's PATH is never searched.
    pub fn paths(self) -> &'static [&'static str] {
        match self {
            Self::Rpm => &["/usr/bin/rpm", "/bin/rpm"],
            Self::Sshd => &["/usr/sbin/sshd"],
            Self::Getent => &["/usr/bin/getent", "/bin/getent"],
            Self::Systemctl => &["/usr/bin/systemctl", "/bin/systemctl"],
            Self::SystemdRun => &["/usr/bin/systemd-run", "/bin/systemd-run"],
            Self::Udevadm => &["/usr/bin/udevadm", "/bin/udevadm", "/usr/sbin/udevadm", "/sbin/udevadm"],
            Self::Pvs => &["/usr/sbin/pvs", "/sbin/pvs"],
            Self::Vgs => &["/usr/sbin/vgs", "/sbin/vgs"],
            Self::Lvs => &["/usr/sbin/lvs", "/sbin/lvs"],
            Self::Lvmconfig => &["/usr/sbin/lvmconfig", "/sbin/lvmconfig"],
            Self::Pvcreate => &["/usr/sbin/pvcreate", "/sbin/pvcreate"],
            Self::Pvremove => &["/usr/sbin/pvremove", "/sbin/pvremove"],
            Self::Vgextend => &["/usr/sbin/vgextend", "/sbin/vgextend"],
            Self::Vgreduce => &["/usr/sbin/vgreduce", "/sbin/vgreduce"],
            Self::Vgcfgbackup => &["/usr/sbin/vgcfgbackup", "/sbin/vgcfgbackup"],
            Self::Lvcreate => &["/usr/sbin/lvcreate", "/sbin/lvcreate"],
            Self::Lvresize => &["/usr/sbin/lvresize", "/sbin/lvresize"],
            Self::Lvchange => &["/usr/sbin/lvchange", "/sbin/lvchange"],
            Self::Lvremove => &["/usr/sbin/lvremove", "/sbin/lvremove"],
            Self::Mkswap => &["/usr/sbin/mkswap", "/sbin/mkswap"],
            Self::Swapon => &["/usr/sbin/swapon", "/sbin/swapon"],
            Self::Swapoff => &["/usr/sbin/swapoff", "/sbin/swapoff"],
            Self::Mount => &["/usr/bin/mount", "/bin/mount"],
            Self::Umount => &["/usr/bin/umount", "/bin/umount"],
            Self::Dnf => &["/usr/bin/dnf"],
            Self::Yum => &["/usr/bin/yum"],
            Self::Grubby => &["/usr/sbin/grubby", "/sbin/grubby"],
            Self::GrubEditenv => &["/usr/bin/grub2-editenv", "/usr/bin/grub-editenv"],
            #[cfg(test)]
            Self::Sh | Self::ShAsked | Self::ShLeftAlone => &["/bin/sh"],
        }
    }

    pub fn at_limit(self) -> AtLimit {
        match self {
            Self::Rpm
            | Self::Sshd
            | Self::Systemctl
            | Self::SystemdRun
            | Self::Getent
            | Self::Udevadm
            | Self::Pvs
            | Self::Vgs
            | Self::Lvs
            | Self::Lvmconfig
            | Self::Mkswap
            | Self::Swapon
            | Self::Swapoff
            | Self::Mount
            | Self::Umount => AtLimit::Killed,
            Self::Pvcreate
            | Self::Pvremove
            | Self::Vgextend
            | Self::Vgreduce
            | Self::Vgcfgbackup
            | Self::Lvcreate
            | Self::Lvresize
            | Self::Lvchange
            | Self::Lvremove => AtLimit::Asked,
            Self::Dnf | Self::Yum | Self::Grubby | Self::GrubEditenv => AtLimit::LeftAlone,
            #[cfg(test)]
            Self::Sh => AtLimit::Killed,
            #[cfg(test)]
            Self::ShAsked => AtLimit::Asked,
            #[cfg(test)]
            Self::ShLeftAlone => AtLimit::LeftAlone,
        }
    }

    /// The path by which a plan names it.
    pub fn path(self) -> &'static str {
        self.paths().first().copied().unwrap_or_default()
    }

    /// The program at this absolute path, where it is one of the list.
    pub fn at(path: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|program| program.paths().contains(&path))
    }
}
