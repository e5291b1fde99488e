//! What `/proc/meminfo` shows.

pub fn meminfo(swap_kib: u64, available_kib: u64) -> String {
    let fields = [
        ("MemTotal", 16 << 20),
        ("MemFree", 1 << 20),
        ("MemAvailable", available_kib),
        ("Buffers", 2104),
        ("Cached", 4_003_252),
        ("SwapCached", 0),
        ("Active", 3_905_204),
        ("Inactive", 2_671_668),
        ("SwapTotal", swap_kib),
        ("SwapFree", swap_kib),
        ("Dirty", 20),
        ("Writeback", 0),
        ("AnonPages", 2_571_516),
        ("Mapped", 120_004),
        ("Slab", 311_716),
        ("CommitLimit", 12 << 20),
        ("Committed_AS", 2 << 20),
        ("VmallocTotal", 34_359_738_367),
        ("VmallocUsed", 192_556),
        ("VmallocChunk", 0),
    ];
    fields.iter().map(|(name, kib)| format!("{name}: {kib} kB\n")).collect()
}
