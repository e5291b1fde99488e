//! An image read from its start to its end.

use std::io::{self, Read};

use super::Image;

/// Bytes of an image in their order.
pub struct Reader {
    image: Box<dyn Image>,
    at: u64,
}

impl Reader {
    pub fn new(image: Box<dyn Image>) -> Self {
        Self { image, at: 0 }
    }
}

impl Read for Reader {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        let rest = self.image.bytes().saturating_sub(self.at);
        let len = usize::try_from(rest).unwrap_or(usize::MAX).min(buf.len());
        let Some(buf) = buf.get_mut(..len).filter(|buf| !buf.is_empty()) else { return Ok(0) };
        self.image.read_at(buf, self.at).map_err(|e| e.source)?;
        self.at = self.at.saturating_add(len as u64);
        Ok(len)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::io::image::Memory;

    #[test]
    fn all_bytes_come_once_and_in_their_order() {
        let bytes: Vec<u8> = (0..=255).cycle().take(1000).collect();
        for piece in [1, 7, 512, 2000] {
            let (mut reader, mut read) = (Reader::new(Box::new(Memory::new(bytes.clone()))), Vec::new());
            let mut buf = vec![0; piece];
            loop {
                let len = reader.read(&mut buf).unwrap();
                if len == 0 {
                    break;
                }
                read.extend_from_slice(&buf[..len]);
            }
            assert_eq!(read, bytes, "{piece}");
        }
    }
}
