//! A file system of its own that a test may fill or write-protect.

use std::ffi::OsStr;
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
        let complaint = match run("mount", ["-t", "tmpfs", "-o", &size, "dinhdanh-test", folder.path().to_str().unwrap()]) {
            Ok(()) => return Some(Self { path: folder.path().to_owned(), mounted: Some(folder) }),
            Err(complaint) => complaint,
        };
        if let Some(path) = std::env::var_os("DINHDANH_TEST_SMALL_DISK") {
            let path = PathBuf::from(path);
            assert!(path.read_dir().unwrap().next().is_none(), "{} is not empty", path.display());
            return Some(Self { path, mounted: None });
        }
        skip(&complaint)
    }

    /// One of ext4, where [`SmallDisk::freeze`] works.
    pub fn ext4(megabytes: u64) -> Option<Self> {
        let folder = tempfile::tempdir().unwrap();
        let (image, path) = (folder.path().join("image"), folder.path().join("disk"));
        File::create(&image).unwrap().set_len(megabytes << 20).unwrap();
        std::fs::create_dir(&path).unwrap();
        let made = run("mkfs.ext4", [OsStr::new("-q"), image.as_os_str()])
            .and_then(|()| run("mount", [OsStr::new("-o"), OsStr::new("loop"), image.as_os_str(), path.as_os_str()]));
        match made {
            Ok(()) => Some(Self { path, mounted: Some(folder) }),
            Err(complaint) => skip(&complaint),
        }
    }

    /// Nobody can write these files any more, whoever has them open: a write fails for the database as it does where the kernel made a disk
    /// read-only after an error, which no mount(8) does while files are open for writing.
    pub fn freeze(files: &[PathBuf]) -> Frozen {
        chattr("+i", files);
        Frozen(files.to_vec())
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
        run("mount", ["-o", &format!("remount,{how}"), self.path.to_str().unwrap()]).unwrap();
        Some(())
    }

    /// Puts a write-protected view of a folder over it: what is open stays open, what is opened anew cannot be written.
    pub fn cover(&self, folder: &Path) -> Option<Cover> {
        self.mounted.as_ref()?;
        let folder_name = folder.to_str().unwrap();
        run("mount", ["--bind", folder_name, folder_name]).unwrap();
        run("mount", ["-o", "remount,bind,ro", folder_name]).unwrap();
        Some(Cover(folder.to_owned()))
    }
}

/// Runs one of the system's tools; its complaint where it fails.
fn run(tool: &str, arguments: impl IntoIterator<Item = impl AsRef<OsStr>>) -> Result<(), String> {
    let output = Command::new(tool).args(arguments).output().map_err(|error| format!("{tool}: {error}"))?;
    if output.status.success() { Ok(()) } else { Err(String::from_utf8_lossy(&output.stderr).trim().to_owned()) }
}

/// Whoever runs the tests has to say that there are no disks.
fn skip(complaint: &str) -> Option<SmallDisk> {
    assert!(
        std::env::var_os("DINHDANH_TEST_SKIP_DISKS").is_some(),
        "no file system can be mounted ({complaint}): run as root, name a small empty one in DINHDANH_TEST_SMALL_DISK, or set DINHDANH_TEST_SKIP_DISKS"
    );
    println!("SKIPPED: no small disk");
    None
}

fn chattr(how: &str, files: &[PathBuf]) {
    run("chattr", std::iter::once(OsStr::new(how)).chain(files.iter().map(|file| file.as_os_str()))).unwrap();
}

/// Files that nobody can write; thawed with the value.
pub struct Frozen(Vec<PathBuf>);

impl Drop for Frozen {
    fn drop(&mut self) {
        chattr("-i", &self.0);
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
