//! Ends what JavaScript waits for when a panic stops the wasm instance. No code in the instance can do so afterwards.

use std::cell::RefCell;
use std::rc::{Rc, Weak};
use std::sync::Once;

/// Something that JavaScript waits for.
pub(super) trait Awaited {
    /// Ends the wait. It runs inside the panic, so it must not panic itself.
    fn end(&self);
}

thread_local! {
    static AWAITED: RefCell<Vec<Weak<dyn Awaited>>> = const { RefCell::new(Vec::new()) };
}

/// Ends `awaited` if a panic stops the wasm instance before it is dropped. A panic can end what belongs to its own
/// object, but not what belongs to other objects. A panic that unwinds stops nothing: it drops what it passes.
pub(super) fn end_on_panic(awaited: &Rc<impl Awaited + 'static>) {
    if cfg!(panic = "unwind") {
        return;
    }
    static ONCE: Once = Once::new();
    let awaited: Rc<dyn Awaited> = awaited.clone();
    AWAITED.with_borrow_mut(|all| {
        all.retain(|other| other.strong_count() > 0);
        all.push(Rc::downgrade(&awaited));
    });
    ONCE.call_once(|| {
        let next = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |info| {
            let awaited = AWAITED.with(|all| all.try_borrow().map(|all| all.clone()).unwrap_or_default());
            awaited.iter().rev().filter_map(Weak::upgrade).for_each(|awaited| awaited.end());
            next(info);
        }));
    });
}
