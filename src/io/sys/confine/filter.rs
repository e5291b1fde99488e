//! Which system calls the filter refuses.

use std::collections::BTreeMap;

use nix::libc::{self, c_long};
use seccompiler::{
    BpfProgram, SeccompAction, SeccompCmpArgLen as Len, SeccompCmpOp as Op, SeccompCondition, SeccompFilter,
    SeccompRule, TargetArch,
};

/// Those that write to a path, or change the machine, whatever their arguments are. `openat2` and `io_uring` have what
/// matters in memory, where no filter sees it. A program that is run inherits the filter and most fail by it, so that
/// they are run outside.
const REFUSED: &[c_long] = &[
    libc::SYS_creat,
    libc::SYS_openat2,
    libc::SYS_truncate,
    libc::SYS_rename,
    libc::SYS_renameat,
    libc::SYS_renameat2,
    libc::SYS_link,
    libc::SYS_linkat,
    libc::SYS_symlink,
    libc::SYS_symlinkat,
    libc::SYS_unlink,
    libc::SYS_unlinkat,
    libc::SYS_rmdir,
    libc::SYS_mkdir,
    libc::SYS_mkdirat,
    libc::SYS_mknod,
    libc::SYS_mknodat,
    libc::SYS_chmod,
    libc::SYS_fchmod,
    libc::SYS_fchmodat,
    libc::SYS_chown,
    libc::SYS_fchown,
    libc::SYS_lchown,
    libc::SYS_fchownat,
    libc::SYS_utime,
    libc::SYS_utimes,
    libc::SYS_utimensat,
    libc::SYS_futimesat,
    libc::SYS_setxattr,
    libc::SYS_lsetxattr,
    libc::SYS_fsetxattr,
    libc::SYS_removexattr,
    libc::SYS_lremovexattr,
    libc::SYS_fremovexattr,
    libc::SYS_umount2,
    libc::SYS_pivot_root,
    libc::SYS_fsopen,
    libc::SYS_fspick,
    libc::SYS_move_mount,
    libc::SYS_mount_setattr,
    libc::SYS_swapon,
    libc::SYS_swapoff,
    libc::SYS_reboot,
    libc::SYS_kexec_load,
    libc::SYS_kexec_file_load,
    libc::SYS_init_module,
    libc::SYS_finit_module,
    libc::SYS_delete_module,
    libc::SYS_sethostname,
    libc::SYS_setdomainname,
    libc::SYS_settimeofday,
    libc::SYS_clock_settime,
    libc::SYS_acct,
    libc::SYS_quotactl,
    libc::SYS_ptrace,
    libc::SYS_process_vm_writev,
    libc::SYS_io_uring_setup,
    libc::SYS_open_by_handle_at,
    libc::SYS_clock_adjtime,
    libc::SYS_adjtimex,
    452, // fchmodat2
    463, // setxattrat
    466, // removexattrat
    libc::SYS_execve,
    libc::SYS_execveat,
];

/// The requests of ioctl(2) that only ask: of block devices (linux/fs.h), terminals, files and sockets. Any other is
/// refused.
const ASKING: &[u64] = &[
    0x8008_1272, // BLKGETSIZE64
    0x1268,      // BLKSSZGET
    0x127b,      // BLKPBSZGET
    0x1260,      // BLKGETSIZE
    0x125e,      // BLKROGET
    0x1261,      // BLKFLSBUF: forgets what is cached; what is dirty is written by the kernel anyway
    0x8008_6601, // FS_IOC_GETFLAGS
    0x4c03,      // LOOP_GET_STATUS
    0x4c05,      // LOOP_GET_STATUS64
    0x5401,      // TCGETS
    0x802c_542a, // TCGETS2
    0x5413,      // TIOCGWINSZ
    0x541b,      // FIONREAD
    0x5421,      // FIONBIO
    0x5451,      // FIOCLEX
];

/// The filter; `None` where it cannot be made.
pub(super) fn program() -> Option<BpfProgram> {
    let mut rules: BTreeMap<c_long, Vec<SeccompRule>> = REFUSED.iter().map(|call| (*call, Vec::new())).collect();
    rules.insert(libc::SYS_open, writing_opens(1)?);
    rules.insert(libc::SYS_openat, writing_opens(2)?);
    rules.insert(libc::SYS_mount, vec![writable_mounts()?]);
    rules.insert(libc::SYS_ioctl, vec![no_questions()?]);
    let refuse = SeccompAction::Errno(libc::EROFS.cast_unsigned());
    let filter = SeccompFilter::new(rules, SeccompAction::Allow, refuse, TargetArch::x86_64).ok()?;
    filter.try_into().ok()
}

/// An open for writing, or one that makes or empties a file.
fn writing_opens(flags: u8) -> Option<Vec<SeccompRule>> {
    let has = |mask: i32, of: i32| {
        let (mask, of) = (u64::from(mask.cast_unsigned()), u64::from(of.cast_unsigned()));
        SeccompRule::new(vec![SeccompCondition::new(flags, Len::Dword, Op::MaskedEq(mask), of).ok()?]).ok()
    };
    let any = |flag| has(flag, flag);
    let mode = |mode| has(libc::O_ACCMODE, mode);
    [mode(libc::O_WRONLY), mode(libc::O_RDWR), mode(libc::O_ACCMODE), any(libc::O_CREAT), any(libc::O_TRUNC)]
        .into_iter()
        .collect()
}

/// A mount that is neither read-only nor changes who sees others.
fn writable_mounts() -> Option<SeccompRule> {
    let lacks = |flag| SeccompCondition::new(3, Len::Qword, Op::MaskedEq(flag), 0).ok();
    SeccompRule::new(vec![lacks(libc::MS_RDONLY)?, lacks(libc::MS_PRIVATE)?]).ok()
}

fn no_questions() -> Option<SeccompRule> {
    let other = |request: &u64| SeccompCondition::new(1, Len::Dword, Op::Ne, *request).ok();
    SeccompRule::new(ASKING.iter().map(other).collect::<Option<Vec<_>>>()?).ok()
}
