namespace Serverless.Dialects.Cumulocity.Realtime;

/// <summary>Is told which agents hold a connection for their operations: c8y_Connection follows it.</summary>
public interface IAgentPresence
{
    /// <summary>The agent is connected, and stays so until a time unless it is seen again. A time that is not in the future: it has gone.</summary>
    ValueTask SeenAsync(string tenant, string agent, DateTimeOffset until, CancellationToken cancellation);
}
