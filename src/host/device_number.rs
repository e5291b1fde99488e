//! The number by which the kernel knows a device.

use serde::{Deserialize, Serialize};

/// Major and minor number of a block device.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct DeviceNumber {
    pub major: u32,
    pub minor: u32,
}

impl DeviceNumber {
    /// As the kernel alone takes it: `MAJOR:MINOR`, or its code in hexadecimal (`name_to_dev_t`).
    pub fn of_kernel_word(word: &str) -> Option<Self> {
        if let Some((major, minor)) = word.split_once(':') {
            return Some(Self { major: major.parse().ok()?, minor: minor.parse().ok()? });
        }
        let digits = word.strip_prefix("0x").or_else(|| word.strip_prefix("0X")).unwrap_or(word);
        let code = digits.bytes().all(|b| b.is_ascii_hexdigit()).then(|| u32::from_str_radix(digits, 16).ok())??;
        Some(Self { major: (code & 0xf_ff00) >> 8, minor: (code & 0xff) | ((code >> 12) & 0xf_ff00) })
    }
}
