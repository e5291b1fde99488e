//! What files and folders lose with the power.

use std::rc::Rc;

use super::files::{Content, Folder};
use crate::random::Random;

impl Content {
    /// The old bytes, the new ones, or new ones of which some sectors did not reach the disk.
    pub(super) fn lose_power(&mut self, random: &mut Random) {
        match random.below(3) {
            0 => self.bytes = Rc::clone(&self.durable),
            1 => {}
            _ => {
                let mut torn = (*self.bytes).clone();
                let same = self.bytes.iter().zip(self.durable.iter()).take_while(|(a, b)| a == b).count();
                let end = same + crate::kernel::disk::index(random.below((torn.len() - same) as u64 + 1));
                if random.percent(50) {
                    torn.truncate(end.max(self.durable.len().min(torn.len())));
                }
                for (n, sector) in torn.chunks_mut(512).enumerate() {
                    if (n + 1) * 512 > same && random.percent(30) {
                        let kept = same.saturating_sub(n * 512).min(sector.len());
                        sector[kept..].fill(0);
                        let old = self.durable.get(n * 512 + kept..).unwrap_or_default();
                        sector[kept..].iter_mut().zip(old).for_each(|(to, from)| *to = *from);
                    }
                }
                self.bytes = Rc::new(torn);
            }
        }
        self.durable = Rc::clone(&self.bytes);
    }
}

impl Folder {
    /// Changes survive in their order.
    pub(super) fn lose_power(&mut self, random: &mut Random) {
        let kept = crate::kernel::disk::index(random.below(self.log.len() as u64 + 1));
        while self.log.len() > kept {
            let change = self.log.pop().unwrap();
            if let Some(name) = change.come {
                self.names.remove(&name);
            }
            if let Some((name, number)) = change.gone {
                self.names.insert(name, number);
            }
        }
        self.log.clear();
    }
}
