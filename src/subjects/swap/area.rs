//! Whether the kernel takes a swap area (`read_swap_header` in `mm/swapfile.c`). Pure.

use crate::base::units::Bytes;
use crate::disk::format::content::Content;

/// Page size of x86_64, the only machine the appliance runs on.
const PAGE: u32 = 4096;

/// Why the kernel refuses the area `content` in a volume of this many bytes.
pub(super) fn refused(content: &Content, volume_bytes: u64) -> Option<String> {
    if content.version == Some("0") {
        return Some("it is of version 0, which no current kernel takes".to_owned());
    }
    let page = content.swap.map_or(PAGE, |swap| swap.page_bytes);
    if page != PAGE {
        return Some(format!("it was made for pages of {page} bytes, and this kernel has pages of {PAGE}"));
    }
    if let Some(bytes) = content.bytes.filter(|bytes| *bytes > volume_bytes) {
        return Some(format!("it has {}, and the volume has {}", Bytes(bytes), Bytes(volume_bytes)));
    }
    if content.bytes.is_some_and(|bytes| bytes <= u64::from(page)) {
        return Some("it has no page to swap to".to_owned());
    }
    content.damage.first().map(|why| format!("it is damaged: {why}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::disk::format::content::{ByteOrder, Kind, Swap};

    fn area(page_bytes: u32, bytes: u64, version: &'static str) -> Content {
        let swap = Swap { page_bytes, byte_order: ByteOrder::Little, hibernation: false, bad_pages: 0 };
        Content { swap: Some(swap), ..Content::new(Kind::Swap).bytes(bytes).version(version) }
    }

    #[test]
    fn an_area_that_fits_its_volume_is_taken_and_so_is_one_that_is_smaller() {
        assert_eq!(refused(&area(4096, 1 << 20, "1"), 1 << 20), None);
        assert_eq!(refused(&area(4096, 1 << 20, "1"), 1 << 30), None);
    }

    #[test]
    fn an_area_of_another_page_size_version_or_beyond_its_volume_is_refused() {
        for (content, word) in [
            (area(65536, 1 << 20, "1"), "pages of 65536"),
            (area(4096, 1 << 20, "0"), "version 0"),
            (area(4096, (1 << 20) + 4096, "1"), "the volume has"),
            (area(4096, 4096, "1"), "no page"),
        ] {
            let why = refused(&content, 1 << 20).unwrap();
            assert!(why.contains(word), "{why}");
        }
    }
}
