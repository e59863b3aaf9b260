// Copyright the lucene-lmdb authors.
// SPDX-License-Identifier: Apache-2.0

//! The prepared data: a directory with `dataset.json`, `base.fvecs`, `queries.fvecs` and `truth.ivecs`.

use std::fs::{self, File};
use std::io::{BufReader, ErrorKind, Read};
use std::path::{Path, PathBuf};

use crate::{Outcome, Problem};

pub struct Data {
    directory: PathBuf,
    pub space: Space,
    pub k: usize,
    /// The dimension of the vectors in the files.
    pub dimension: usize,
    pub count: usize,
}

/// The distance of hannoy that ranks vectors like the metric of the data.
#[derive(Clone, Copy, PartialEq, Debug)]
pub enum Space {
    Cosine,
    Euclidean,
    /// The inner product, as the Euclidean distance with an additional dimension that extends each vector of
    /// the base to the largest length, and is 0 for queries.
    Lifted {
        square_of_largest: f32,
    },
}

/// Squared lengths that differ from 1 by at most this count as 1.
const UNIT_TOLERANCE: f32 = 1e-3;

impl Data {
    pub fn open(directory: &Path) -> Outcome<Data> {
        let path = directory.join("dataset.json");
        let text = fs::read_to_string(&path).map_err(|e| unreadable(&path, e))?;
        let json: serde_json::Value =
            serde_json::from_str(&text).map_err(|e| Problem::BadInput(format!("{}: {e}", path.display())))?;
        let number = |name: &str| match json[name].as_u64() {
            Some(value) if value > 0 && value <= u32::MAX as u64 => Ok(value as usize),
            _ => Err(Problem::BadInput(format!("{}: no {name}", path.display()))),
        };
        let mut data = Data {
            directory: directory.to_path_buf(),
            space: Space::Cosine,
            k: number("k")?,
            dimension: number("dimension")?,
            count: 0,
        };
        data.count = data.rows_of_base()?;
        data.space = match json["metric"].as_str() {
            Some("cosine") => Space::Cosine,
            Some("euclidean") => Space::Euclidean,
            Some("dot") => data.inner_product()?,
            _ => return Err(Problem::BadInput(format!("{}: unknown metric", path.display()))),
        };
        Ok(data)
    }

    fn rows_of_base(&self) -> Outcome<usize> {
        let path = self.directory.join("base.fvecs");
        let bytes = fs::metadata(&path).map_err(|e| unreadable(&path, e))?.len();
        let row = 4 * (self.dimension as u64 + 1);
        if bytes == 0 || bytes % row != 0 || bytes / row > u32::MAX as u64 {
            return Err(Problem::BadInput(format!(
                "{}: {bytes} bytes, not those of vectors of dimension {}",
                path.display(),
                self.dimension
            )));
        }
        Ok((bytes / row) as usize)
    }

    /// For vectors of unit length, the inner product is the cosine.
    fn inner_product(&self) -> Outcome<Space> {
        let mut smallest = f32::INFINITY;
        let mut largest = 0f32;
        self.for_each_base(|_, vector| {
            let square = square(vector);
            smallest = smallest.min(square);
            largest = largest.max(square);
            Ok(())
        })?;
        if (smallest - 1.0).abs() < UNIT_TOLERANCE && (largest - 1.0).abs() < UNIT_TOLERANCE {
            return Ok(Space::Cosine);
        }
        Ok(Space::Lifted { square_of_largest: largest })
    }

    /// The dimension of the vectors in the index.
    pub fn indexed_dimension(&self) -> usize {
        self.dimension + matches!(self.space, Space::Lifted { .. }) as usize
    }

    pub fn for_each_base(&self, mut take: impl FnMut(usize, &mut Vec<f32>) -> Outcome<()>) -> Outcome<()> {
        let mut rows = Rows::open(&self.directory.join("base.fvecs"))?;
        let mut row = 0;
        while let Some(words) = rows.next(Some(self.dimension))? {
            take(row, &mut words.iter().map(|&word| f32::from_bits(word)).collect())?;
            row += 1;
        }
        Ok(())
    }

    /// A vector of the base, in its indexed form.
    pub fn lift_base(&self, vector: &mut Vec<f32>) {
        if let Space::Lifted { square_of_largest } = self.space {
            vector.push((square_of_largest - square(vector)).max(0.0).sqrt());
        }
    }

    pub fn queries(&self) -> Outcome<Vec<Vec<f32>>> {
        let mut rows = Rows::open(&self.directory.join("queries.fvecs"))?;
        let mut queries = Vec::new();
        while let Some(words) = rows.next(Some(self.dimension))? {
            let mut query: Vec<f32> = words.iter().map(|&word| f32::from_bits(word)).collect();
            query.resize(self.indexed_dimension(), 0.0);
            queries.push(query);
        }
        match queries.is_empty() {
            true => Err(Problem::BadInput("queries.fvecs is empty".to_string())),
            false => Ok(queries),
        }
    }

    /// The number of neighbors that a query can find.
    pub fn reachable_k(&self) -> usize {
        self.k.min(self.count)
    }

    pub fn truth(&self, queries: usize) -> Outcome<Vec<Vec<u32>>> {
        let mut rows = Rows::open(&self.directory.join("truth.ivecs"))?;
        let k = self.reachable_k();
        let mut truth = Vec::new();
        while let Some(words) = rows.next(None)? {
            if words.len() < k {
                return Err(Problem::BadInput(format!("truth.ivecs has rows shorter than {k}")));
            }
            truth.push(words[..k].to_vec());
        }
        if truth.len() != queries {
            return Err(Problem::BadInput(format!("truth.ivecs has {} rows, not {queries}", truth.len())));
        }
        Ok(truth)
    }
}

fn square(vector: &[f32]) -> f32 {
    vector.iter().map(|x| x * x).sum()
}

fn unreadable(path: &Path, error: std::io::Error) -> Problem {
    Problem::BadInput(format!("{}: {error}", path.display()))
}

/// Rows of little-endian 32-bit words, each preceded by its length.
struct Rows {
    path: PathBuf,
    file: BufReader<File>,
    row: Vec<u32>,
}

impl Rows {
    fn open(path: &Path) -> Outcome<Rows> {
        let file = File::open(path).map_err(|e| unreadable(path, e))?;
        Ok(Rows { path: path.to_path_buf(), file: BufReader::new(file), row: Vec::new() })
    }

    fn next(&mut self, width: Option<usize>) -> Outcome<Option<&[u32]>> {
        let mut word = [0; 4];
        if self.file.read(&mut word[..1])? == 0 {
            return Ok(None);
        }
        self.fill(&mut word[1..])?;
        let length = u32::from_le_bytes(word) as usize;
        if width.unwrap_or(length) != length || length > 1 << 20 {
            return Err(Problem::BadInput(format!("{}: a row of {length} numbers", self.path.display())));
        }
        let mut bytes = vec![0; 4 * length];
        self.fill(&mut bytes)?;
        self.row.clear();
        self.row.extend(bytes.chunks_exact(4).map(|b| u32::from_le_bytes([b[0], b[1], b[2], b[3]])));
        Ok(Some(&self.row))
    }

    fn fill(&mut self, bytes: &mut [u8]) -> Outcome<()> {
        self.file.read_exact(bytes).map_err(|e| match e.kind() {
            ErrorKind::UnexpectedEof => {
                Problem::BadInput(format!("{}: ends inside a row", self.path.display()))
            }
            _ => e.into(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lifted_distances_order_as_inner_products() {
        let base = [[3.0f32, 0.0], [0.5, 0.5], [-1.0, 2.0]];
        let data = Data {
            directory: PathBuf::new(),
            space: Space::Lifted { square_of_largest: 9.0 },
            k: 1,
            dimension: 2,
            count: 3,
        };
        let query = [1.0f32, 1.5];
        let lifted_query = [1.0f32, 1.5, 0.0];
        for vector in base {
            let mut lifted = vector.to_vec();
            data.lift_base(&mut lifted);
            let distance: f32 = lifted.iter().zip(lifted_query).map(|(a, b)| (a - b) * (a - b)).sum();
            let product: f32 = vector.iter().zip(query).map(|(a, b)| a * b).sum();
            assert!((distance - (9.0 + square(&query) - 2.0 * product)).abs() < 1e-4);
        }
    }
}
