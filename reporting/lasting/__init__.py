"""How long dossiers take, why they are late, how far they come, who does them: pages beside the boards."""
