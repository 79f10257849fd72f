//! The faults that are waiting for their request.

use super::{Fault, FaultMix};
use crate::operation::Operation;

/// The faults that are still to happen.
#[derive(Debug, Default)]
pub(crate) struct FaultBook {
    scripted: Vec<Fault>,
    mix: Option<FaultMix>,
}

impl FaultBook {
    pub(crate) fn add(&mut self, fault: Fault) {
        if fault.times > 0 {
            self.scripted.push(fault);
        }
    }

    pub(crate) fn set_mix(&mut self, mix: Option<FaultMix>) {
        self.mix = mix;
    }

    pub(crate) fn clear(&mut self) {
        *self = FaultBook::default();
    }

    /// The scripted faults that have not happened yet, as often as they still will.
    pub(crate) fn pending(&self) -> &[Fault] {
        &self.scripted
    }

    /// What happens to this request: the first scripted fault that matches, or else what the mix draws.
    pub(crate) fn take(
        &mut self,
        method: &str,
        path: &str,
        operation: Option<Operation>,
    ) -> Option<Fault> {
        for (index, fault) in self.scripted.iter_mut().enumerate() {
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
                self.scripted.remove(index);
            }
            return Some(taken);
        }
        self.mix.as_mut()?.draw()
    }
}
