//! A file system of its own that a test may fill or write-protect.

use std::fs::File;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::Command;

use tempfile::TempDir;

/// It goes with the value.
pub struct SmallDisk {
    path: PathBuf,
    mounted: Option<TempDir>,
}

impl SmallDisk {
    /// Mounts one, or takes the one that is named. `None`: whoever runs the tests said that there is none.
    pub fn find(megabytes: u32) -> Option<Self> {
        let folder = tempfile::tempdir().unwrap();
        let size = format!("size={megabytes}m,mode=0700");
        let mounted = Command::new("mount").args(["-t", "tmpfs", "-o", &size, "dinhdanh-test"]).arg(folder.path()).output();
        let complaint = match mounted {
            Ok(output) if output.status.success() => return Some(Self { path: folder.path().to_owned(), mounted: Some(folder) }),
            Ok(output) => String::from_utf8_lossy(&output.stderr).into_owned(),
            Err(error) => error.to_string(),
        };
        if let Some(path) = std::env::var_os("DINHDANH_TEST_SMALL_DISK") {
            let path = PathBuf::from(path);
            assert!(path.read_dir().unwrap().next().is_none(), "{} is not empty", path.display());
            return Some(Self { path, mounted: None });
        }
        assert!(
            std::env::var_os("DINHDANH_TEST_SKIP_DISKS").is_some(),
            "no file system can be mounted ({}): run as root, name a small empty one in DINHDANH_TEST_SMALL_DISK, or set DINHDANH_TEST_SKIP_DISKS",
            complaint.trim()
        );
        println!("SKIPPED: no small disk");
        None
    }

    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Takes all the room that is left.
    pub fn fill(&self) {
        let mut filler = File::create(self.path.join("filler")).unwrap();
        let block = vec![0; 64 * 1024];
        // To the last byte: big pieces first.
        for size in [block.len(), 4096, 1] {
            while filler.write_all(&block[..size]).is_ok() {}
        }
    }

    pub fn make_room(&self) {
        std::fs::remove_file(self.path.join("filler")).unwrap();
    }

    /// `ro` or `rw`; `None` where it was not mounted here.
    pub fn remount(&self, how: &str) -> Option<()> {
        self.mounted.as_ref()?;
        let done = Command::new("mount").args(["-o", &format!("remount,{how}")]).arg(&self.path).output().unwrap();
        assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
        Some(())
    }

    /// Puts a write-protected view of a folder over it: what is open stays open, what is opened anew cannot be written.
    pub fn cover(&self, folder: &Path) -> Option<Cover> {
        self.mounted.as_ref()?;
        for arguments in [&["--bind"][..], &["-o", "remount,bind,ro"]] {
            let mut mount = Command::new("mount");
            mount.args(arguments).arg(folder);
            if arguments[0] == "--bind" {
                mount.arg(folder);
            }
            let done = mount.output().unwrap();
            assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
        }
        Some(Cover(folder.to_owned()))
    }
}

/// A cover; taken away with the value.
pub struct Cover(PathBuf);

impl Drop for Cover {
    fn drop(&mut self) {
        Command::new("umount").arg("-l").arg(&self.0).status().ok();
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        if self.mounted.is_some() {
            Command::new("umount").arg("-l").arg(&self.path).status().ok();
        }
    }
}
