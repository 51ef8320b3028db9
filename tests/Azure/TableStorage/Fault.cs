namespace Serverless.Azure.Tests.TableStorage;

/// <summary>What goes wrong with a request.</summary>
internal enum Fault
{
    None,

    /// <summary>503 ServerBusy with Retry-After; nothing was done.</summary>
    Busy,

    /// <summary>429 without a body; nothing was done.</summary>
    TooMany,

    /// <summary>500 that stands in the answer of a transaction; nothing was done.</summary>
    ErrorInTransaction,

    /// <summary>412 though nothing was compared; nothing was done.</summary>
    PreconditionFailed,

    /// <summary>The connection breaks before the server has the request.</summary>
    CutBefore,

    /// <summary>The server has done it and the connection breaks before the answer.</summary>
    CutAfter,

    /// <summary>The server has done it and answers 500.</summary>
    ErrorAfter,

    /// <summary>The server has done it and the answer does not come in time.</summary>
    TimeoutAfter,

    /// <summary>The connection breaks, and the request still reaches the server, later.</summary>
    Late,
}
