//! A quotation whose article is not at hand and that the evidence lock has no proof of. Found where the check asks the lock.
