// Copyright the lucene-lmdb authors.
// SPDX-License-Identifier: Apache-2.0

//! Adds all vectors in one transaction and builds the graph, as in hannoy's example.

use std::fs;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use hannoy::{Database, Distance, Writer};
use heed::types::Bytes;
use heed::{CommitOrAbort, RwTxn};
use rand::SeedableRng;
use rand::rngs::StdRng;
use serde_json::{Map, json};
use steppe::{Progress, Step};

use crate::data::Data;
use crate::measure;
use crate::options::{BuildSettings, Options};
use crate::{INDEX, Outcome, Problem};

const SEED: u64 = 42;

/// The position of the kind in hannoy's keys, after the number of the index, and its value for links.
const MODE: usize = 2;
const LINKS: u8 = 2;

pub fn run<D: Distance>(options: &Options, settings: &BuildSettings, data: &Data) -> Outcome<()> {
    let build = graph_builder::<D>(settings.max_conn)?;
    if options.index.exists() {
        return Err(Problem::BadInput(format!("{}: exists already", options.index.display())));
    }
    fs::create_dir_all(&options.index)?;
    // A write transaction is bound to its thread, so hannoy uses rayon's global pool.
    rayon::ThreadPoolBuilder::new().num_threads(settings.threads).build_global()?;
    let environment = crate::open_environment(&options.index, data)?;
    let database: Database<D> = environment
        .create_databases_and_commit(environment.write_txn()?, |opener, transaction| {
            opener.create_database(transaction, None).map(CommitOrAbort::<_, ()>::Commit)
        })?
        .unwrap_commit();
    let writer = Writer::<D>::new(database, INDEX, data.indexed_dimension());

    let cpu = measure::cpu_time();
    let mut seconds = Duration::ZERO;
    let mut transaction = environment.write_txn()?;
    data.for_each_base(|row, vector| {
        data.lift_base(vector);
        let start = Instant::now();
        writer.add_item(&mut transaction, row as u32, vector)?;
        seconds += start.elapsed();
        Ok(())
    })?;
    let start = Instant::now();
    build(&writer, &mut transaction, settings.beam_width)?;
    transaction.commit()?;
    seconds += start.elapsed();
    let cpu = measure::cpu_time() - cpu;
    measure::progress(1.0);

    let count = data.count as f64;
    let transaction = environment.read_txn()?;
    let mut graph = 0;
    for entry in database.remap_types::<Bytes, Bytes>().iter(&transaction)? {
        let (key, value) = entry?;
        if key.get(MODE) == Some(&LINKS) {
            graph += key.len() + value.len();
        }
    }
    // The other file is LMDB's lock table, which is recreated whenever the environment is opened.
    let bytes = fs::metadata(options.index.join("data.mdb"))?.len() as f64;
    let mut values = Map::new();
    for (name, value) in [
        ("add", seconds.as_secs_f64()),
        ("build", seconds.as_secs_f64()),
        ("buildCpu", cpu.as_secs_f64()),
        ("bytes", bytes),
        ("bytesPerVector", bytes / count),
        ("rawPerVector", 4.0 * data.indexed_dimension() as f64),
        // Keys and values; the rest of the file is LMDB's page structure, and free space in pages.
        ("graphPerVector", graph as f64 / count),
    ] {
        values.insert(name.to_string(), json!(value));
    }
    measure::peak_resident(&mut values);
    measure::sample("build", options.round, data.count, None, settings.threads, values);
    Ok(())
}

type Build<D> = fn(&Writer<D>, &mut RwTxn, usize) -> Outcome<()>;

/// M is a const generic parameter of hannoy, so common values are compiled in. Level 0 has twice as many.
fn graph_builder<D: Distance>(max_conn: usize) -> Outcome<Build<D>> {
    match max_conn {
        4 => Ok(build::<D, 4, 8>),
        8 => Ok(build::<D, 8, 16>),
        12 => Ok(build::<D, 12, 24>),
        16 => Ok(build::<D, 16, 32>),
        24 => Ok(build::<D, 24, 48>),
        32 => Ok(build::<D, 32, 64>),
        48 => Ok(build::<D, 48, 96>),
        64 => Ok(build::<D, 64, 128>),
        _ => Err(Problem::BadInput(format!(
            "--max-conn {max_conn}: compiled for 4, 8, 12, 16, 24, 32, 48 and 64"
        ))),
    }
}

fn build<D: Distance, const M: usize, const M0: usize>(
    writer: &Writer<D>,
    transaction: &mut RwTxn,
    beam_width: usize,
) -> Outcome<()> {
    let step = CurrentStep::default();
    let ended = AtomicBool::new(false);
    std::thread::scope(|scope| {
        let reporter = scope.spawn(|| step.report_until(&ended));
        let mut random = StdRng::seed_from_u64(SEED);
        let result = writer
            .builder(&mut random)
            .progress(step.clone())
            .ef_construction(beam_width)
            .build::<M, M0>(transaction);
        ended.store(true, Ordering::Release);
        reporter.thread().unpark();
        Ok(result?)
    })
}

/// The step that hannoy reported last. It reports the total number of vectors once, then the inserted ones.
#[derive(Clone, Default)]
struct CurrentStep(Arc<Mutex<Option<Box<dyn Step>>>>);

impl CurrentStep {
    fn report_until(&self, ended: &AtomicBool) {
        let mut reported = 0.0;
        while !ended.load(Ordering::Acquire) {
            let done = self.done();
            if done > reported + 0.01 {
                measure::progress(done);
                reported = done;
            }
            std::thread::park_timeout(Duration::from_millis(500));
        }
    }

    fn done(&self) -> f64 {
        match self.0.lock().ok().as_deref() {
            Some(Some(step)) if step.total() > 1 => step.current() as f64 / step.total() as f64,
            _ => 0.0,
        }
    }
}

impl Progress for CurrentStep {
    fn update(&self, step: impl Step) {
        if let Ok(mut current) = self.0.lock() {
            *current = Some(Box::new(step));
        }
    }
}
