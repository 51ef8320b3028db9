using Serverless.InfluxQL.Ast;

namespace Serverless.InfluxQL.Planning;

/// <summary>Gives each call and each name that fields are made of a slot "val0", "val1"…, the same slot to equal ones, and writes the fields over them.</summary>
internal sealed class SlotMapping
{
    private readonly Dictionary<string, VarRef> slots = [];
    private readonly List<PlannedCall> calls = [];
    private readonly List<PlannedRef> refs = [];

    public IReadOnlyList<PlannedCall> Calls => calls;

    public IReadOnlyList<PlannedRef> Refs =>
        [.. refs.Order(Comparer<PlannedRef>.Create((left, right) => WildcardExpansion.NameAndType(left.Ref, right.Ref)))];

    public Expr Map(Expr expr) =>
        expr.Rewrite(part =>
            part switch
            {
                VarRef name => SlotOf(name),
                Call call when !MathFunctions.Contains(call.Name) => SlotOf(call),
                _ => null,
            }
        );

    private VarRef SlotOf(Expr expr)
    {
        var key = expr.ToString();
        if (slots.TryGetValue(key, out var slot))
        {
            return slot;
        }

        slot = new VarRef($"val{slots.Count}", TypeInference.OfTyped.TypeOrUnknown(expr));
        slots.Add(key, slot);
        if (expr is Call call)
        {
            calls.Add(new PlannedCall(slot.Name, call, slot.Type.ToFieldType()));
        }
        else
        {
            refs.Add(new PlannedRef(slot.Name, (VarRef)expr));
        }

        return slot;
    }
}
