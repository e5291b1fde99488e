//! A link of the chain that is not as it must be.

use crate::subjects::next_start::command_line::Effect;
use crate::subjects::rule::Remedy;

/// Which link.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LinkName {
    /// What the firmware starts.
    Firmware,
    /// The configuration of the boot loader.
    Loader,
    /// The entry that is started.
    Default,
    /// The files that the entry names.
    Files,
    Kernel,
    Modules,
    Initramfs,
    CommandLine,
    Fstab,
    Swap,
}

impl LinkName {
    fn word(self) -> &'static str {
        match self {
            Self::Firmware => "the firmware",
            Self::Loader => "the configuration of GRUB",
            Self::Default => "the default entry",
            Self::Files => "the files of the entry",
            Self::Kernel => "the kernel",
            Self::Modules => "the modules of the kernel",
            Self::Initramfs => "the initramfs",
            Self::CommandLine => "the kernel command line",
            Self::Fstab => "/etc/fstab",
            Self::Swap => "swap",
        }
    }

    fn verb(self) -> &'static str {
        if matches!(self, Self::Files | Self::Modules) { "are" } else { "is" }
    }

    /// What to do about it.
    pub fn fix(self) -> Remedy {
        let (words, command) = match self {
            Self::Firmware => ("Correct the boot options of the firmware. Run: ", "efibootmgr --verbose"),
            Self::Loader => return "Correct the configuration of GRUB at the place that is named.".into(),
            Self::Default => ("Set the kernel to start: ", "grubby --set-default=/boot/vmlinuz-VERSION"),
            Self::Files | Self::Kernel | Self::Modules => {
                ("Mount /boot, then reinstall the packages of the kernel that is named: ", "yum reinstall PACKAGE")
            }
            Self::Initramfs => {
                ("Mount /boot, then make the initramfs of the kernel that is named: ", "dracut --force --kver VERSION")
            }
            Self::CommandLine => {
                ("Correct the option with: ", "grubby --update-kernel=ALL --remove-args=OLD --args=NEW")
            }
            Self::Fstab => return "Correct the line of /etc/fstab that is named, or add nofail to it.".into(),
            Self::Swap => ("In /etc/fstab, name the swap area by the UUID in the output of ", "okv-host scan"),
        };
        let remedy = Remedy::words(words).run(command);
        if self == Self::Swap { remedy.then(".") } else { remedy }
    }
}

/// A link that is not as it must be, and what that does to the start.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Link {
    pub name: LinkName,
    /// Never [`Effect::GoesOn`].
    pub effect: Effect,
    pub why: String,
}

impl Link {
    pub(super) fn new(name: LinkName, effect: Effect, why: impl Into<String>) -> Self {
        Self { name, effect, why: why.into() }
    }
}

impl std::fmt::Display for Link {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { name, why, .. } = self;
        match self.effect {
            Effect::Stops => write!(f, "it ends at {}: {why}", name.word()),
            Effect::Unknown => write!(f, "cannot determine {}: {why}", name.word()),
            Effect::Doubtful | Effect::GoesOn => write!(f, "{} {} doubtful: {why}", name.word(), name.verb()),
        }
    }
}
