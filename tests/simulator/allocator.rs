//! Memory of the simulator: a history allocates and frees hundreds of thousands of small pieces, which took a fifth of
//! its time. Each thread keeps what it freed, by size, and takes it again; nothing goes back to the system.
#![allow(unsafe_code)]

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;
use std::ptr::null_mut;

/// Sizes up to this one are kept in classes of [`GRAIN`] bytes, larger ones in powers of two.
const FINE: usize = 1024;
const GRAIN: usize = 16;
/// The largest piece that is kept.
const LARGEST: usize = 1 << 20;
const CLASSES: usize = FINE / GRAIN + 10;
/// What the system is asked for at once.
const CHUNK: usize = 1 << 22;

pub struct Kept;

thread_local! {
    static FREE: [Cell<*mut u8>; CLASSES] = const { [const { Cell::new(null_mut()) }; CLASSES] };
    /// What is left of the last chunk: where it begins, and its bytes.
    static REST: Cell<(*mut u8, usize)> = const { Cell::new((null_mut(), 0)) };
}

/// The class of a size, and the bytes of each piece in it.
fn class(layout: Layout) -> Option<(usize, usize)> {
    if layout.align() > GRAIN || layout.size() > LARGEST || layout.size() == 0 {
        return None;
    }
    if layout.size() <= FINE {
        let class = (layout.size() - 1) / GRAIN;
        return Some((class, (class + 1) * GRAIN));
    }
    let bytes = layout.size().next_power_of_two();
    Some((FINE / GRAIN + (bytes.trailing_zeros() - FINE.trailing_zeros()) as usize - 1, bytes))
}

fn carve(bytes: usize) -> *mut u8 {
    REST.with(|place| {
        let (mut at, mut left) = place.get();
        if left < bytes {
            // SAFETY: the size is not zero.
            at = unsafe { System.alloc(Layout::from_size_align_unchecked(CHUNK, GRAIN)) };
            if at.is_null() {
                return at;
            }
            left = CHUNK;
        }
        // SAFETY: so many bytes are left behind it.
        place.set((unsafe { at.add(bytes) }, left - bytes));
        at
    })
}

// SAFETY: a piece has the bytes of its class and the alignment of a grain, and is given to one owner at a time: it is
// in a list only while it is free, and its first word is the next one of that list.
unsafe impl GlobalAlloc for Kept {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        let Some((class, bytes)) = class(layout) else { return unsafe { System.alloc(layout) } };
        FREE.with(|free| {
            let first = free[class].get();
            if first.is_null() {
                return carve(bytes);
            }
            free[class].set(unsafe { first.cast::<*mut u8>().read() });
            first
        })
    }

    unsafe fn dealloc(&self, piece: *mut u8, layout: Layout) {
        let Some((class, _)) = class(layout) else { return unsafe { System.dealloc(piece, layout) } };
        FREE.with(|free| {
            unsafe { piece.cast::<*mut u8>().write(free[class].get()) };
            free[class].set(piece);
        });
    }

    unsafe fn realloc(&self, piece: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        let wanted = unsafe { Layout::from_size_align_unchecked(size, layout.align()) };
        match (class(layout), class(wanted)) {
            (Some(before), Some(after)) if before == after => piece,
            (None, None) => unsafe { System.realloc(piece, layout, size) },
            _ => unsafe {
                let other = self.alloc(wanted);
                if !other.is_null() {
                    other.copy_from_nonoverlapping(piece, layout.size().min(size));
                    self.dealloc(piece, layout);
                }
                other
            },
        }
    }
}
