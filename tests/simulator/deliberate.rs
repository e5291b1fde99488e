//! Deliberate faults of the code under test, to prove that they are detected. Each is made where the code meets the
//! world: a call that does nothing, an answer that is what was wished for, an order that is another one. The code
//! itself is not changed.

/// A fault, in one word and in one sentence.
macro_rules! faults {
    ($($name:ident $word:literal $what:literal,)*) => {
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum Deliberate { $($name,)* }

        impl Deliberate {
            pub const ALL: &'static [Self] = &[$(Self::$name,)*];

            pub fn word(self) -> &'static str {
                match self { $(Self::$name => $word,)* }
            }

            pub fn what(self) -> &'static str {
                match self { $(Self::$name => $what,)* }
            }
        }
    };
}

faults! {
    NoDeviceFlush "no-device-flush" "what programs wrote to partitions and volumes is not flushed",
    NoDiskFlush "no-disk-flush" "the sectors of a new table are not flushed",
    NoJournalFlush "no-journal-flush" "records of the journal are not flushed",
    NoFolderFlush "no-folder-flush" "the folder of a new journal is not flushed",
    FlushAfterRecord "flush-after-record" "a disk is flushed after the journal recorded the step (exchanged order)",
    ClaimsNothing "claims-nothing" "a disk is not claimed before it is written to",
    AnyDiskIsNew "any-disk-is-new" "a disk with foreign data is taken for the new one",
    RoomNotAsked "room-not-asked" "whether memory holds what is swapped out is not verified",
    WayBackNotTried "way-back-not-tried" "swapoff runs although the swapon of the way back does not work",
    ExtentsNotProved "extents-not-proved" "the proof of lvresize and lvcreate is what was asked for, not what LVM2 has",
    SwapNotProved "swap-not-proved" "the proof of swapon is what was asked for, not what the kernel has",
    BeginNotRecorded "begin-not-recorded" "a step is recorded only when it is done (exchanged order)",
    OtherUuid "other-uuid" "the new swap header has another UUID",
    HeaderTooLarge "header-too-large" "the new swap header has one page more than the volume",
    HeaderBeforeGrowth "header-before-growth" "the swap header is written before the volume grows (exchanged order)",
    SignalsEnd "signals-end" "a signal ends the run at once, also while the node lacks its swap",
    TemporaryStays "temporary-stays" "the temporary volume is not removed at the end",
    PriorityLost "priority-lost" "swap comes back without the priority that it had",
    HalfTheTarget "half-the-target" "the volume grows to half of what is needed, and so says its proof",
    LabelStays "label-stays" "the label of a physical volume is not taken back",
    TableStays "table-stays" "the table of a disk is not taken back",
    GroupKeepsDisk "group-keeps-disk" "a disk is not taken out of the group on the way back",
    CachesStayOn "caches-stay-on" "the write caches of the disks are on while the group gets a disk",
    SwapNotRestored "swap-not-restored" "the way back of swapoff is not run",
}
