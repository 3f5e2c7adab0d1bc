import Glibc

/// Which keys have been read, from any thread.
final class ReadLog: @unchecked Sendable {
  // A pthread lock: the thread sanitizer reports races that are none with `Mutex`.
  private let lock = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
  private var keys: Set<String> = []

  init() {
    lock.initialize(to: pthread_mutex_t())
    pthread_mutex_init(lock, nil)
  }

  deinit {
    pthread_mutex_destroy(lock)
    lock.deinitialize(count: 1)
    lock.deallocate()
  }

  func note(_ key: String) {
    pthread_mutex_lock(lock)
    defer { pthread_mutex_unlock(lock) }
    keys.insert(key)
  }

  /// Those of `all` that nobody has read, in their order.
  func unread(of all: [String]) -> [String] {
    pthread_mutex_lock(lock)
    defer { pthread_mutex_unlock(lock) }
    return all.filter { !keys.contains($0) }
  }
}
