//! Runs several tasks at once.

use std::panic::resume_unwind;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

/// The most tasks that run at once.
const MOST_WORKERS: usize = 8;

/// Applies a function to every item, several at a time, and keeps their order.
pub fn in_parallel<T: Sync, R: Send>(items: &[T], apply: impl Fn(&T) -> R + Sync) -> Vec<R> {
    let tasks = Tasks::new(items, apply);
    let mut done = thread::scope(|scope| {
        let others: Vec<_> = (1..tasks.workers()).map(|_| scope.spawn(|| tasks.work())).collect();
        let mut done = tasks.work();
        for other in others {
            // What is missing would look as if there were nothing.
            done.extend(other.join().unwrap_or_else(|panic| resume_unwind(panic)));
        }
        done
    });
    in_order(&mut done)
}

/// The same on threads that have a stack of so many bytes each, for functions that call themselves. Where no
/// such thread can be had, on this one.
pub fn in_parallel_with_stack<T: Sync, R: Send>(
    stack: usize,
    items: &[T],
    apply: impl Fn(&T) -> R + Sync,
) -> Vec<R> {
    let tasks = Tasks::new(items, apply);
    let mut done = thread::scope(|scope| {
        let spawn = |_| {
            let builder = thread::Builder::new().stack_size(stack);
            builder.spawn_scoped(scope, || tasks.work()).ok()
        };
        let threads: Vec<_> = (0..tasks.workers()).filter_map(spawn).collect();
        let mut done = if threads.is_empty() { tasks.work() } else { Vec::new() };
        for thread in threads {
            done.extend(thread.join().unwrap_or_else(|panic| resume_unwind(panic)));
        }
        done
    });
    in_order(&mut done)
}

/// Items, and which of them is next.
struct Tasks<'items, T, Apply> {
    items: &'items [T],
    apply: Apply,
    next: AtomicUsize,
}

impl<'items, T: Sync, R: Send, Apply: Fn(&T) -> R + Sync> Tasks<'items, T, Apply> {
    fn new(items: &'items [T], apply: Apply) -> Self {
        Self { items, apply, next: AtomicUsize::new(0) }
    }

    /// How many threads work on them.
    fn workers(&self) -> usize {
        let available = thread::available_parallelism().map_or(1, std::num::NonZero::get);
        available.min(MOST_WORKERS).min(self.items.len())
    }

    /// Does one after the other of those that nobody has begun.
    fn work(&self) -> Vec<(usize, R)> {
        let mut done = Vec::new();
        loop {
            let position = self.next.fetch_add(1, Ordering::Relaxed);
            let Some(item) = self.items.get(position) else { return done };
            done.push((position, (self.apply)(item)));
        }
    }
}

fn in_order<R>(done: &mut Vec<(usize, R)>) -> Vec<R> {
    done.sort_by_key(|(position, _)| *position);
    done.drain(..).map(|(_, result)| result).collect()
}
