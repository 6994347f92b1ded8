/** All modules of the library, by name. */
import type { LibraryModule } from "../run/importing.ts"
import { abcModule } from "./abc.ts"
import { argparse } from "./argparse.ts"
import { base64 } from "./base64.ts"
import { binascii } from "./binascii.ts"
import { bisect } from "./bisect.ts"
import { collectionsAbc } from "./collections-abc.ts"
import { collections } from "./collections.ts"
import { contextlib } from "./contextlib.ts"
import { copy } from "./copy.ts"
import { csv } from "./csv.ts"
import { dataclassesModule } from "./dataclasses.ts"
import { datetime } from "./datetime.ts"
import { enumModule } from "./enum.ts"
import { errno } from "./errno.ts"
import { fnmatch } from "./fnmatch.ts"
import { functools } from "./functools.ts"
import { getpass } from "./getpass.ts"
import { glob } from "./glob.ts"
import { nativeHashes } from "./hashes.ts"
import { hashlib } from "./hashlib.ts"
import { heapq } from "./heapq.ts"
import { hmacModule } from "./hmac.ts"
import { htmlModule } from "./html.ts"
import { httpServer } from "./http-server.ts"
import { http } from "./http.ts"
import { io } from "./io.ts"
import { itertools } from "./itertools.ts"
import { json } from "./json.ts"
import { logging } from "./logging.ts"
import { math } from "./math.ts"
import { nativeCollections } from "./native-collections.ts"
import { nativeDates } from "./native-dates.ts"
import { operator } from "./operator.ts"
import { os } from "./os.ts"
import { pathlib } from "./pathlib.ts"
import { platform } from "./platform.ts"
import { posixpath } from "./posixpath.ts"
import { pprint } from "./pprint.ts"
import { queueModule } from "./queue.ts"
import { random } from "./random.ts"
import { re } from "./re.ts"
import { secrets } from "./secrets.ts"
import { shlex } from "./shlex.ts"
import { shutil } from "./shutil.ts"
import { signal } from "./signals.ts"
import { nativeSocket, socket } from "./socket.ts"
import { socketserver } from "./socketserver.ts"
import { statistics } from "./statistics.ts"
import { stringModule } from "./string.ts"
import { subprocess } from "./subprocess.ts"
import { sys } from "./sys.ts"
import { tempfile } from "./tempfile.ts"
import { textwrap } from "./textwrap.ts"
import { threading } from "./threading.ts"
import { time } from "./time.ts"
import { atexit, traceback } from "./trace-module.ts"
import { typesModule } from "./types.ts"
import { typing } from "./typing.ts"
import { httpClient, nativeHttp, urllib, urllibError, urllibParse, urllibRequest } from "./urllib.ts"
import { uuid } from "./uuid.ts"
import { warnings } from "./warnings.ts"

const MODULES: readonly LibraryModule[] = [
  abcModule,
  argparse,
  atexit,
  base64,
  binascii,
  bisect,
  collections,
  collectionsAbc,
  contextlib,
  copy,
  csv,
  dataclassesModule,
  datetime,
  enumModule,
  errno,
  fnmatch,
  functools,
  getpass,
  glob,
  hashlib,
  heapq,
  hmacModule,
  htmlModule,
  http,
  httpClient,
  httpServer,
  io,
  itertools,
  json,
  logging,
  math,
  nativeCollections,
  nativeDates,
  nativeHashes,
  nativeHttp,
  nativeSocket,
  operator,
  os,
  pathlib,
  platform,
  posixpath,
  pprint,
  queueModule,
  random,
  re,
  secrets,
  shlex,
  shutil,
  signal,
  socket,
  socketserver,
  statistics,
  stringModule,
  subprocess,
  sys,
  tempfile,
  textwrap,
  threading,
  time,
  traceback,
  typesModule,
  typing,
  urllib,
  urllibError,
  urllibParse,
  urllibRequest,
  uuid,
  warnings,
]

export const LIBRARY: ReadonlyMap<string, LibraryModule> = new Map(MODULES.map((module) => [module.name, module]))
