using Serverless.Domain.Changes;

namespace Serverless.Dialects.Cumulocity.Requests;

/// <summary>What the processing modes mean to the domain.</summary>
internal static class ProcessingModes
{
    public static Effects ToEffects(this ProcessingMode mode) =>
        mode switch
        {
            ProcessingMode.Transient => Effects.Tell,
            ProcessingMode.Quiescent => Effects.Store,
            ProcessingMode.Cep => Effects.None,
            _ => Effects.All,
        };
}
