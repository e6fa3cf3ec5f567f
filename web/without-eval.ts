import { z } from "zod";

// By default, zod compiles code from strings for speed. The content security policy forbids that, and browsers report
// each attempt. This must run before the first schema is created.
z.config({ jitless: true });
