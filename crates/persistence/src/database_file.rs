//! The SQLite file and its folder, before SQLite sees them.

use std::fs;
use std::path::Path;

use crate::OpenError;

/// Makes the folder and the file for their owner only, and proves that both can be written: SQLite makes its journal beside the file.
pub(crate) fn prepare(path: &Path) -> Result<(), OpenError> {
    let folder = path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
    create_folder(folder).and_then(|()| probe(folder)).map_err(|cause| OpenError::Folder { folder: folder.to_owned(), cause })?;
    open_owner_only(path).map(drop).map_err(|cause| OpenError::File { file: path.to_owned(), cause })
}

fn create_folder(folder: &Path) -> std::io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)
}

fn probe(folder: &Path) -> std::io::Result<()> {
    let file = folder.join(format!(".dinhdanh-probe-{}", std::process::id()));
    open_owner_only(&file)?;
    fs::remove_file(file)
}

fn open_owner_only(path: &Path) -> std::io::Result<fs::File> {
    let mut options = fs::OpenOptions::new();
    options.read(true).append(true).create(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}
