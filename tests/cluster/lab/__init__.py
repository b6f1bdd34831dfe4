"""What the scenarios of clusters and fleets stand on: nodes, a balancer, a sender, and ansible-playbook."""
