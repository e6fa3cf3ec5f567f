import { z } from "zod";

// Where it may, zod makes code from text for speed; the page's content security policy forbids that,
// and browsers report even the attempt. This must run before the first schema is made.
z.config({ jitless: true });
