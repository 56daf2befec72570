//! Encrypted connections to other servers.

/// Makes ring the process's cryptography for TLS. Two providers are linked by some library or other, and rustls refuses to
/// choose; called before the first client is made, any number of times.
pub fn install_provider() {
    // The error says that one is installed already, which is what is wanted.
    let _installed_before = rustls::crypto::ring::default_provider().install_default();
}
