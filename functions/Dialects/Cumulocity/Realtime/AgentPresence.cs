namespace Serverless.Dialects.Cumulocity.Realtime;

/// <summary>Tells whoever asks to know which agents listen for their operations: those with a channel /{agent}.</summary>
internal sealed class AgentPresence(IEnumerable<IAgentPresence> all, TimeProvider time)
{
    private readonly IAgentPresence[] all = [.. all];

    /// <param name="tenant">The tenant.</param>
    /// <param name="channels">The channels of a session.</param>
    /// <param name="stay">How long it stays connected unless it is seen again; zero where it has gone.</param>
    /// <param name="cancellation">Cancels it.</param>
    public async ValueTask SeenAsync(string tenant, IEnumerable<string> channels, TimeSpan stay, CancellationToken cancellation)
    {
        if (all.Length == 0)
        {
            return;
        }

        var until = time.GetUtcNow() + stay;
        foreach (var channel in channels)
        {
            if (RealtimeChannels.TrySplit(channel, out var kind, out var agent) && kind.Length == 0)
            {
                foreach (var one in all)
                {
                    await one.SeenAsync(tenant, agent, until, cancellation);
                }
            }
        }
    }
}
