/// Counts, in a process of its own.
module $module$;

gen_server Counter {
    init(start: int64 = 0);
    state { value: int64; }
    /// Adds to the value and tells the new one.
    call add(n: int64) -> int64;
    /// Back to zero.
    cast reset();
}

supervisor Top(start: int64) {
    child counter = Counter(start) { register; }
}

application $c$ {
    version "0.1.0";
    root Top(env.start);
    env {
        /// Where counting begins.
        start : int64 = 0;
    }
}
