using System.Text.Json.Nodes;
using Serverless.Domain.Documents;

namespace Serverless.Domain.Rules;

/// <summary>Alarms of one device and type that several rules raise, such as those of a warning and of a danger: one is over when none of the rules is crossed any more.</summary>
internal sealed class SharedAlarms(IDocumentStore store)
{
    private const int PageSize = 500;

    /// <summary>When an alarm that a rule has raised is over, in nanoseconds since 1970: with the crossing, but not before those of other rules, whose news may have come out of order.</summary>
    /// <param name="tenant">The tenant.</param>
    /// <param name="state">The crossing that is over.</param>
    /// <param name="type">The alarm's type.</param>
    /// <param name="cancellation">Cancels it.</param>
    /// <returns>Null while another rule is crossed that raises the same alarm.</returns>
    public async Task<long?> EndAsync(string tenant, RuleStateDocument state, string type, CancellationToken cancellation)
    {
        var end = state.At ?? state.Newest;
        var ofDevice = new DocumentQuery(tenant, Kinds.RuleState, Filter.Eq("source", JsonValue.Create(state.Source)), Limit: PageSize);
        await foreach (var found in store.QueryAllAsync(ofDevice, RuleJson.Default.RuleStateDocument, cancellation))
        {
            var other = found.Value;
            if (other.Rule == state.Rule || !await RaisesAsync(tenant, other, type, cancellation))
            {
                continue;
            }

            if (other.Active)
            {
                return null;
            }

            end = Math.Max(end, other.At ?? other.Newest);
        }

        return end;
    }

    private async ValueTask<bool> RaisesAsync(string tenant, RuleStateDocument state, string type, CancellationToken cancellation)
    {
        var rule = await store.GetAsync(new DocumentKey(tenant, Kinds.Rule, state.Rule), RuleJson.Default.Rule, cancellation);
        return rule is { Value: { Enabled: true } found } && found.Version == state.Version && found.Alarm?.Type == type;
    }
}
