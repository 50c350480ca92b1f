/**
 * The base of every error this product raises on purpose: `code` is for programs, the message for people and
 * says what is wrong, where, and what to do.
 */
export class TidewardenError extends Error {
  override readonly name: string = 'TidewardenError';
  readonly code: string;
  constructor(code: string, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}
