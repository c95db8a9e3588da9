//! Parquet cannot be added to once it is closed, so it is written in parts, each a whole file, and put together at
//! the end by copying what is compressed already.

use std::{
    fs::{self, File},
    io::Write,
    path::{Path, PathBuf},
    sync::Arc,
};

use anyhow::Context;
use parquet::{
    basic::{Compression, LogicalType, Repetition, Type as Physical, ZstdLevel},
    column::writer::ColumnCloseResult,
    data_type::{ByteArray, ByteArrayType},
    file::{
        properties::WriterProperties,
        reader::{FileReader, SerializedFileReader},
        writer::SerializedFileWriter,
    },
    schema::types::{Type, TypePtr},
};

use super::{Encoded, Shape};

/// A part, which becomes a row group.
const ROWS: usize = 16 * 1024;
const BYTES: usize = 16 * 1024 * 1024;

pub struct Parts {
    file: PathBuf,
    folder: PathBuf,
    shape: Shape,
    closed: u64,
    rows: Vec<Vec<ByteArray>>,
    bytes: usize,
}

/// Where the parts stand until the file is whole.
pub fn folder(file: &Path) -> PathBuf {
    let mut name = file.as_os_str().to_owned();
    name.push(".parts");
    name.into()
}

impl Parts {
    /// Goes on behind so many parts; what stands beyond them is made again.
    pub fn open(file: &Path, shape: Shape, closed: u64) -> anyhow::Result<Self> {
        let folder = folder(file);
        if closed == 0 && folder.exists() {
            fs::remove_dir_all(&folder)?;
        }
        fs::create_dir_all(&folder)
            .with_context(|| format!("making the folder {}", folder.display()))?;
        Ok(Self {
            file: file.to_owned(),
            folder,
            shape,
            closed,
            rows: vec![Vec::new(); shape.names().len()],
            bytes: 0,
        })
    }

    fn part(&self, number: u64) -> PathBuf {
        self.folder.join(format!("{number:06}.parquet"))
    }

    pub fn write(&mut self, encoded: &Encoded) -> anyhow::Result<()> {
        let width = self.rows.len();
        for (at, cell) in encoded.cells().enumerate() {
            if let Some(column) = self.rows.get_mut(at % width) {
                column.push(cell.to_vec().into());
            }
        }
        self.bytes += encoded.bytes.len();
        if self.bytes >= BYTES || self.rows.first().is_some_and(|c| c.len() >= ROWS) {
            self.close_part()?;
        }
        Ok(())
    }

    fn close_part(&mut self) -> anyhow::Result<()> {
        let path = self.part(self.closed + 1);
        let file = File::create(&path).with_context(|| format!("writing {}", path.display()))?;
        let mut writer = writer(file, self.shape)?;
        let mut group = writer.next_row_group()?;
        for values in &mut self.rows {
            let Some(mut column) = group.next_column()? else {
                break;
            };
            let levels: Vec<i16> = values.iter().map(|v| i16::from(!v.is_empty())).collect();
            values.retain(|value| !value.is_empty());
            column
                .typed::<ByteArrayType>()
                .write_batch(values, Some(&levels), None)?;
            column.close()?;
            values.clear();
        }
        group.close()?;
        writer.into_inner()?.sync_all()?;
        self.bytes = 0;
        self.closed += 1;
        Ok(())
    }

    /// So many parts are on disk, and nothing waits; or rows wait, so that this is no place to go on from.
    pub fn settled(&self) -> anyhow::Result<Option<u64>> {
        if self.rows.first().is_some_and(|column| !column.is_empty()) {
            return Ok(None);
        }
        File::open(&self.folder)?.sync_all()?;
        Ok(Some(self.closed))
    }

    /// The last part, so that everything is on disk.
    pub fn close(&mut self) -> anyhow::Result<()> {
        if self.rows.first().is_some_and(|column| !column.is_empty()) {
            self.close_part()?;
        }
        Ok(())
    }

    /// Makes the file of its parts, which stay until [`Self::remove`]: a stop in between loses nothing.
    pub fn join(&self) -> anyhow::Result<()> {
        let whole = self.folder.join("whole");
        let mut writer = writer(File::create(&whole)?, self.shape)?;
        for number in 1..=self.closed {
            let path = self.part(number);
            append(&mut writer, &path).with_context(|| format!("adding {}", path.display()))?;
        }
        writer.into_inner()?.sync_all()?;
        fs::rename(&whole, &self.file)?;
        Ok(())
    }

    pub fn remove(&self) -> anyhow::Result<()> {
        fs::remove_dir_all(&self.folder)
            .with_context(|| format!("removing {}", self.folder.display()))
    }
}

fn append(writer: &mut SerializedFileWriter<File>, path: &Path) -> anyhow::Result<()> {
    let file = File::open(path)?;
    let part = SerializedFileReader::new(file.try_clone()?)?;
    for group in part.metadata().row_groups() {
        let mut to = writer.next_row_group()?;
        for column in group.columns() {
            to.append_column(
                &file,
                ColumnCloseResult {
                    bytes_written: column.compressed_size().try_into()?,
                    rows_written: group.num_rows().try_into()?,
                    metadata: column.clone(),
                    bloom_filter: None,
                    column_index: None,
                    offset_index: None,
                },
            )?;
        }
        to.close()?;
    }
    Ok(())
}

fn writer<W: Write + Send>(to: W, shape: Shape) -> anyhow::Result<SerializedFileWriter<W>> {
    let properties = WriterProperties::builder()
        .set_compression(Compression::ZSTD(ZstdLevel::default()))
        .set_created_by(concat!("herald ", env!("CARGO_PKG_VERSION")).to_owned())
        .build();
    Ok(SerializedFileWriter::new(
        to,
        schema(shape)?,
        Arc::new(properties),
    )?)
}

fn schema(shape: Shape) -> anyhow::Result<TypePtr> {
    let fields = shape
        .names()
        .iter()
        .map(|name| {
            let column = Type::primitive_type_builder(name, Physical::BYTE_ARRAY)
                .with_repetition(Repetition::OPTIONAL)
                .with_logical_type(Some(LogicalType::String))
                .build()?;
            Ok(Arc::new(column))
        })
        .collect::<anyhow::Result<Vec<_>>>()?;
    Ok(Arc::new(
        Type::group_type_builder("reports")
            .with_fields(fields)
            .build()?,
    ))
}
