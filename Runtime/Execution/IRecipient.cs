namespace JobForge.Runtime.Execution;

/// <summary>Takes calls for one grain id.</summary>
internal interface IRecipient
{
    /// <summary>True once it only forwards.</summary>
    bool IsDead { get; }

    void Accept(GrainCall call);
}
