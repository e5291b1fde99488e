//! The QEMU process and its files.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use tempfile::TempDir;

use super::base;
use super::disk::Attached;
use super::spec::{Firmware, Spec};

const OVMF: &str = "/usr/share/OVMF/OVMF_CODE_4M.fd";
const OVMF_VARIABLES: &str = "/usr/share/OVMF/OVMF_VARS_4M.fd";

/// Runs its arguments, and kills what it started as soon as its standard input ends: also where the test was killed.
const KEEPER: &str = r#"
exec 3<&0
"$@" 3<&- </dev/null & qemu=$!
{ read -r _ <&3; kill -KILL $qemu; } 2>/dev/null & watch=$!
wait $qemu; status=$?
kill -KILL $watch 2>/dev/null
exit $status
"#;

/// A directory for the files of one guest, removed with it.
#[derive(Debug)]
pub(crate) struct Files(TempDir);

impl Files {
    pub(super) fn new() -> Self {
        Self(tempfile::Builder::new().prefix("guest").tempdir().expect("a directory for the guest's files"))
    }

    pub(super) fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    pub(super) fn agent(&self) -> PathBuf {
        self.path("agent")
    }

    pub(super) fn monitor(&self) -> PathBuf {
        self.path("monitor")
    }

    pub(super) fn console_text(&self) -> String {
        let said = [("qemu", "qemu.log"), ("console", "console")].map(|(name, file)| {
            let bytes = fs::read(self.path(file)).unwrap_or_default();
            let tail = bytes.get(bytes.len().saturating_sub(8 << 10)..).unwrap_or_default();
            format!("--- {name}\n{}\n", String::from_utf8_lossy(tail))
        });
        said.concat()
    }
}

/// A running QEMU.
#[derive(Debug)]
pub(super) struct Machine {
    keeper: Child,
    /// QEMU lives as long as this is open.
    leash: Option<ChildStdin>,
}

impl Machine {
    /// Powers it on; where there is a saved memory, the machine goes on from that.
    pub(super) fn start(spec: &Spec, disks: &[Attached], files: &Files, memory: Option<&Path>) -> Self {
        for socket in [files.agent(), files.monitor()] {
            assert!(socket.as_os_str().len() < 108, "{}: too long for a socket; set TMPDIR", socket.display());
            let _ = fs::remove_file(socket); // of the boot before
        }
        let mut keeper = Command::new("bash");
        keeper.args(["-c", KEEPER, "keeper", "qemu-system-x86_64", "-nodefaults", "-no-user-config", "-no-reboot"]);
        // The plainest processor: each further instruction set is more code for the guest to run at boot.
        keeper.args(["-machine", "pc,accel=tcg", "-cpu", "qemu64,-svm", "-display", "none", "-nic", "none"]);
        keeper.args(["-smp", &spec.processors.to_string(), "-m", &spec.memory_mib.to_string()]);
        if spec.firmware == Firmware::Uefi {
            let variables = files.path("variables");
            if !variables.exists() {
                fs::copy(OVMF_VARIABLES, &variables).unwrap_or_else(|e| panic!("{OVMF_VARIABLES}: {e}"));
            }
            keeper.args(["-drive", &format!("if=pflash,format=raw,readonly=on,file={OVMF}")]);
            keeper.args(["-drive", &format!("if=pflash,format=raw,file={}", variables.display())]);
        }
        if let Some(line) = &spec.kernel_line {
            keeper
                .arg("-kernel")
                .arg(base::kernel_image())
                .arg("-initrd")
                .arg(base::initramfs())
                .args(["-append", line]);
        }
        keeper.args(["-serial", &format!("file:{}", files.path("console").display())]);
        let socket = |path: &Path, id: &str| format!("socket,id={id},server=on,wait=off,path={}", path.display());
        keeper.args(["-chardev", &socket(&files.agent(), "agent"), "-device", "virtio-serial-pci"]);
        keeper.args(["-device", "virtserialport,chardev=agent,name=agent"]);
        keeper.args(["-chardev", &socket(&files.monitor(), "monitor"), "-mon", "chardev=monitor,mode=control"]);
        keeper.args(["-device", "virtio-scsi-pci,id=scsi"]);
        for disk in disks {
            keeper.args(["-blockdev", &disk.blockdev().to_string(), "-device", &disk.device().to_string()]);
        }
        if let Some(memory) = memory {
            keeper.args(["-incoming", &format!("exec:cat '{}'", memory.display())]);
        }
        let log = File::create(files.path("qemu.log")).expect("a file for what QEMU says");
        let also = log.try_clone().expect("a second handle");
        let mut keeper = keeper.stdin(Stdio::piped()).stdout(log).stderr(also).spawn().expect("bash can be run");
        let leash = keeper.stdin.take();
        Self { keeper, leash }
    }

    pub(super) fn has_ended(&mut self) -> bool {
        self.keeper.try_wait().expect("our own child").is_some()
    }

    /// Waits for QEMU to end by itself; false where it does not within `limit`.
    pub(super) fn wait(mut self, limit: Duration) -> bool {
        let deadline = Instant::now() + limit;
        while Instant::now() < deadline {
            if self.has_ended() {
                return true;
            }
            thread::sleep(Duration::from_millis(20));
        }
        false
    }

    /// Kills QEMU, and returns when it is gone.
    pub(super) fn kill(self) {
        drop(self);
    }
}

impl Drop for Machine {
    fn drop(&mut self) {
        self.leash = None;
        let _ = self.keeper.wait();
    }
}
