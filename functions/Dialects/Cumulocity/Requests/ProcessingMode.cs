namespace Serverless.Dialects.Cumulocity.Requests;

/// <summary>What is done with data that is sent (header X-Cumulocity-Processing-Mode).</summary>
internal enum ProcessingMode
{
    /// <summary>Stored, and told to subscribers.</summary>
    Persistent,

    /// <summary>Told to subscribers, not stored.</summary>
    Transient,

    /// <summary>Stored, and told to nobody.</summary>
    Quiescent,

    /// <summary>Neither stored nor told: it would go to stream processing only, which is not part of this cloud.</summary>
    Cep,
}
