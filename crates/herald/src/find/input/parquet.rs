//! Parquet: the columns that say something, a thousand rows at a time.

use std::{fs::File, ops::ControlFlow, ops::Range, sync::Arc};

use parquet::{
    column::reader::{ColumnReader, ColumnReaderImpl},
    data_type::{AsBytes, ByteArray, DataType},
    errors::ParquetError,
    file::reader::{FileReader, RowGroupReader, SerializedFileReader},
};

use super::csv::{self, Columns};
use crate::find::{
    batch::{Place, Problem, Sink, What},
    record::Names,
};

const AT_ONCE: usize = 1024;

/// One row; what is text stands in the bytes of the batch.
#[derive(Debug, Default)]
pub struct Row {
    pub id: Option<Cell>,
    pub text: Option<Cell>,
    pub phrase: Option<Cell>,
    pub age: Option<Cell>,
    pub sex: Option<Cell>,
    pub exam: Option<Cell>,
    pub indication: Option<Cell>,
    pub source: Option<Cell>,
}

#[derive(Debug)]
pub enum Cell {
    Words(Range<usize>),
    /// A number or truth value as JSON writes it.
    Json(Range<usize>),
}

pub fn read(
    open: File,
    name: &Arc<str>,
    names: &Names,
    size: u64,
    from: Place,
    sink: &mut Sink<'_>,
) -> ControlFlow<()> {
    let mut line = from.at;
    let flow = SerializedFileReader::new(open)
        .and_then(|file| rows(&file, name, names, size, from, &mut line, sink));
    match flow {
        Ok(flow) => flow,
        Err(error) => {
            let problem = Problem::new(
                format!("cannot be read as Parquet: {error}"),
                "Write it again, with Snappy, Zstandard or gzip, or without compression.",
            );
            sink.problem(name, line, problem);
            ControlFlow::Continue(())
        }
    }
}

fn rows(
    file: &SerializedFileReader<File>,
    name: &Arc<str>,
    names: &Names,
    size: u64,
    from: Place,
    line: &mut u64,
    sink: &mut Sink<'_>,
) -> Result<ControlFlow<()>, ParquetError> {
    let schema = file.metadata().file_metadata().schema_descr();
    // A nested column keeps its place with a name that nobody can ask for.
    let heads = schema.columns().iter().map(|column| {
        let flat = column.path().parts().len() == 1 && column.max_rep_level() == 0;
        if flat { column.name() } else { "" }
    });
    let columns = match csv::place(heads, names) {
        Ok(columns) => columns,
        Err(problem) => {
            sink.problem(name, 0, problem);
            return Ok(ControlFlow::Continue(()));
        }
    };
    let all = u64::try_from(file.metadata().file_metadata().num_rows()).unwrap_or(0);
    let mut before = 0;
    for number in 0..file.num_row_groups() {
        let group = file.get_row_group(number)?;
        let count = u64::try_from(group.metadata().num_rows()).unwrap_or(0);
        if before + count <= from.at {
            before += count;
            continue;
        }
        let mut wanted = Wanted::open(group.as_ref(), &columns)?;
        let mut passed = 0;
        while passed < count {
            let most = AT_ONCE.min(usize::try_from(count - passed).unwrap_or(AT_ONCE));
            for row in wanted.rows(most)? {
                passed += 1;
                *line = before + passed;
                if *line <= from.at {
                    continue;
                }
                let row = kept(row, sink);
                sink.add(name, *line, 0..0, What::Row(Box::new(row)));
                let next = Place {
                    at: *line,
                    within: size * *line / all.max(1),
                    ..from
                };
                if sink.pause(next).is_break() {
                    return Ok(ControlFlow::Break(()));
                }
            }
        }
        before += count;
    }
    Ok(ControlFlow::Continue(()))
}

enum Value {
    Words(ByteArray),
    Json(String),
}

/// The values of one row, in the order of [`Wanted`].
type Values = [Option<Value>; WANTED];
const WANTED: usize = 8;

fn kept(values: Values, sink: &mut Sink<'_>) -> Row {
    let [id, text, phrase, age, sex, exam, indication, source] = values.map(|value| {
        value.map(|value| match value {
            Value::Words(words) => Cell::Words(sink.keep(words.as_bytes())),
            Value::Json(json) => Cell::Json(sink.keep(json.as_bytes())),
        })
    });
    Row {
        id,
        text,
        phrase,
        age,
        sex,
        exam,
        indication,
        source,
    }
}

struct Wanted([Option<(ColumnReader, i16)>; WANTED]);

impl Wanted {
    fn open(group: &dyn RowGroupReader, columns: &Columns) -> Result<Self, ParquetError> {
        let schema = group.metadata().schema_descr();
        let open = |at: Option<usize>| -> Result<_, ParquetError> {
            let Some(at) = at else { return Ok(None) };
            let level = schema.column(at).max_def_level();
            Ok(Some((group.get_column_reader(at)?, level)))
        };
        Ok(Self([
            open(columns.id)?,
            open(Some(columns.text))?,
            open(columns.phrase)?,
            open(columns.age)?,
            open(columns.sex)?,
            open(columns.exam)?,
            open(columns.indication)?,
            open(columns.source)?,
        ]))
    }

    fn rows(&mut self, most: usize) -> Result<Vec<Values>, ParquetError> {
        let mut rows: Vec<Values> = Vec::new();
        rows.resize_with(most, Values::default);
        for (slot, column) in self.0.iter_mut().enumerate() {
            let Some((reader, level)) = column else {
                continue;
            };
            for (row, value) in rows.iter_mut().zip(values(reader, *level, most)?) {
                if let Some(cell) = row.get_mut(slot) {
                    *cell = value;
                }
            }
        }
        Ok(rows)
    }
}

fn values(
    reader: &mut ColumnReader,
    level: i16,
    most: usize,
) -> Result<Vec<Option<Value>>, ParquetError> {
    fn json(value: impl ToString) -> Option<Value> {
        Some(Value::Json(value.to_string()))
    }
    fn float(value: f64) -> Option<Value> {
        serde_json::Number::from_f64(value).and_then(json)
    }
    match reader {
        ColumnReader::ByteArrayColumnReader(r) => typed(r, level, most, |v| Some(Value::Words(v))),
        ColumnReader::FixedLenByteArrayColumnReader(r) => {
            typed(r, level, most, |v| Some(Value::Words(v.into())))
        }
        ColumnReader::BoolColumnReader(r) => typed(r, level, most, json),
        ColumnReader::Int32ColumnReader(r) => typed(r, level, most, json),
        ColumnReader::Int64ColumnReader(r) => typed(r, level, most, json),
        ColumnReader::FloatColumnReader(r) => typed(r, level, most, |v| float(v.into())),
        ColumnReader::DoubleColumnReader(r) => typed(r, level, most, float),
        ColumnReader::Int96ColumnReader(r) => typed(r, level, most, |_| None),
    }
}

fn typed<T: DataType>(
    reader: &mut ColumnReaderImpl<T>,
    level: i16,
    most: usize,
    make: impl Fn(T::T) -> Option<Value>,
) -> Result<Vec<Option<Value>>, ParquetError> {
    let (mut levels, mut values) = (Vec::new(), Vec::new());
    let mut read = 0;
    while read < most {
        let wanted = (level > 0).then_some(&mut levels);
        let (records, ..) = reader.read_records(most - read, wanted, None, &mut values)?;
        if records == 0 {
            return Err(ParquetError::EOF("a column ends before its rows do".into()));
        }
        read += records;
    }
    let mut values = values.into_iter();
    if level == 0 {
        return Ok(values.map(make).collect());
    }
    Ok(levels
        .into_iter()
        .map(|l| {
            (l == level)
                .then(|| values.next())
                .flatten()
                .and_then(&make)
        })
        .collect())
}
