//! Faults that wait for their request.

use serde::Serialize;

use super::fault::Fault;
use super::mix::FaultMix;
use crate::model::operation::Operation;

/// An entry in a list of faults.
#[derive(Debug, Serialize)]
#[serde(untagged)]
pub(crate) enum ListedFault<'a> {
    Single(&'a Fault),
    Mix { mix: &'a FaultMix },
}

/// The pending faults.
#[derive(Debug, Default)]
pub(crate) struct FaultQueue {
    pending: Vec<Fault>,
    mix: Option<FaultMix>,
}

impl FaultQueue {
    pub(crate) fn add(&mut self, fault: Fault) {
        if fault.times > 0 {
            self.pending.push(fault);
        }
    }

    pub(crate) fn set_mix(&mut self, mix: Option<FaultMix>) {
        self.mix = mix;
    }

    pub(crate) fn clear(&mut self) {
        *self = FaultQueue::default();
    }

    /// Returns the pending faults, with the number of times that are left.
    pub(crate) fn pending(&self) -> &[Fault] {
        &self.pending
    }

    /// Returns the pending faults, and the mix with the number of faults that are left, unless that is zero.
    pub(crate) fn list(&self) -> Vec<ListedFault<'_>> {
        let mix = self.mix.as_ref().filter(|it| !it.is_exhausted());
        let mix = mix.map(|mix| ListedFault::Mix { mix });
        self.pending
            .iter()
            .map(ListedFault::Single)
            .chain(mix)
            .collect()
    }

    /// Takes the first fault that matches the request, or else one from the mix.
    pub(crate) fn take(
        &mut self,
        method: &str,
        path: &str,
        operation: Option<Operation>,
    ) -> Option<Fault> {
        for (index, fault) in self.pending.iter_mut().enumerate() {
            if !fault.matches(method, path, operation) {
                continue;
            }
            if fault.skip > 0 {
                fault.skip -= 1;
                continue;
            }
            let taken = fault.clone();
            fault.times -= 1;
            if fault.times == 0 {
                self.pending.remove(index);
            }
            return Some(taken);
        }
        self.mix.as_mut()?.draw()
    }
}
