/** Bounds of the control API, each with its reason. The socket is local and private; these catch mistakes. */

/** Version of routes and documents; a command and a daemon of different versions refuse each other. */
export const API_VERSION = '1'

/** Bytes of a request: a job carries its own edges, at most some hundred thousand pairs of numbers. */
export const MAX_REQUEST_BYTES = 16 * 2 ** 20

/** Characters of a path, a token, an id. The longest path Linux knows; a token with a few addresses is far below. */
export const MAX_PATH_LENGTH = 4096
export const MAX_TOKEN_LENGTH = 8192
export const MAX_ID_LENGTH = 128

/** Seconds until a plain question must be answered: the daemon's thread is never busy for long. */
export const ANSWER_SECONDS = 15

/** Seconds for creating or joining a run: data is read and parsed, an engine started, the owner dialled. */
export const START_RUN_SECONDS = 180

/** Bytes of a unix socket's path, one less than the smallest `sun_path` (macOS: 104) for the closing zero. */
export const MAX_SOCKET_PATH_BYTES = 103
